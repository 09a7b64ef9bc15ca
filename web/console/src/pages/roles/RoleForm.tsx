import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Checkbox, Form, Input, Modal, Select, Tooltip, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { changeRole, createRole } from "@/api/access";
import type { NewRole, PermissionWords } from "@/api/types";
import { useRefusal } from "@/app/parts/refusal";
import { usePreferences } from "@/app/preferences";
import { keys, useSession } from "@/app/queries";
import type { Draft } from "./RolesPage";

const SCOPES = ["own", "unit", "subtree", "all"] as const;

/** A role's name, whom it sees and what it may do. What cannot be given is shown, and says why. */
export function RoleForm({ draft, permissions, onClose }: { draft: Draft; permissions: readonly PermissionWords[]; onClose: () => void }) {
  const { t } = useTranslation();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const { language } = usePreferences();
  const held = useSession().data?.permissions ?? [];
  const [form] = Form.useForm<NewRole>();
  const scope = Form.useWatch("scope", form) ?? draft.scope;
  const why = ({ id, whole }: PermissionWords): string | null =>
    !held.includes(id) ? t("roles.notHeld") : whole && scope !== "all" ? t("roles.whole") : null;
  const save = useMutation({
    mutationFn: ({ name, scope: wanted, permissions: chosen }: NewRole) => {
      const allowed = permissions.filter(({ id, whole }) => chosen.includes(id) && (wanted === "all" || !whole)).map(({ id }) => id);
      const role = { name: name.trim(), scope: wanted, permissions: allowed };
      return draft.id === null ? createRole(role) : changeRole(draft.id, role);
    },
    onSuccess: async () => {
      void message.success(t("roles.saved"));
      await Promise.all([keys.roles, keys.session, keys.staff].map((queryKey) => cache.invalidateQueries({ queryKey })));
      onClose();
    },
  });
  return (
    <Modal open width={620} title={t(draft.id === null ? "roles.formNew" : "roles.formEdit")} okText={t("people.save")} cancelText={t("common.action.cancel")} onCancel={onClose} onOk={form.submit}
      confirmLoading={save.isPending} okButtonProps={{ "data-testid": "role-save" } as ButtonProps}>
      {save.error && <Alert type="error" showIcon style={{ margin: "12px 0" }} title={refusal(save.error)} data-testid="role-error" />}
      <Form<NewRole> form={form} layout="vertical" requiredMark={false} style={{ marginTop: 16 }} initialValues={draft} onFinish={(fields) => save.mutate(fields)}>
        <Form.Item name="name" label={t("roles.name")} rules={[{ required: true, whitespace: true, message: t("roles.needName") }]}>
          <Input autoFocus maxLength={100} placeholder={t("roles.namePlaceholder")} data-testid="role-name" />
        </Form.Item>
        <Form.Item name="scope" label={t("roles.scopeTitle")}>
          <Select options={SCOPES.map((value) => ({ value, label: t(`roles.scope.${value}`) }))} data-testid="role-scope" />
        </Form.Item>
        <Form.Item name="permissions" label={t("roles.permission")}>
          <Checkbox.Group style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: "6px 16px" }}>
            {permissions.map((permission) => {
              const reason = why(permission);
              return (
                <Tooltip key={permission.id} title={reason}>
                  <Checkbox value={permission.id} disabled={reason !== null} data-testid={`role-may-${permission.id}`}>{permission[language]}</Checkbox>
                </Tooltip>
              );
            })}
          </Checkbox.Group>
        </Form.Item>
      </Form>
    </Modal>
  );
}
