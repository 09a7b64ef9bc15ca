import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Modal, Popconfirm, Switch, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { changeStaff, resetPassword } from "@/api/organisation";
import type { StaffMember, Unit } from "@/api/types";
import { useRefusal } from "@/app/parts/refusal";
import { keys } from "@/app/queries";
import { Once, Place } from "./parts";

interface Fields {
  name: string;
  role: string;
  unit?: string;
  active: boolean;
}

/** Name, role, place and whether somebody may come in; and a new password when they lost theirs. */
export function EditStaff({ member, units, onClose }: { member: StaffMember; units: readonly Unit[]; onClose: () => void }) {
  const { t } = useTranslation();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const save = useMutation({
    mutationFn: ({ name, role, unit, active }: Fields) => changeStaff(member.id, { name: name.trim(), role, unit: unit ?? null, active }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.staff });
      await cache.invalidateQueries({ queryKey: keys.session });
      onClose();
    },
  });
  const reset = useMutation({ mutationFn: () => resetPassword(member.id) });
  const error = save.error ?? reset.error;
  if (reset.data) return <Once title={t("people.reset.title", { name: member.name })} detail={t("people.reset.detail")} value={reset.data} onClose={onClose} />;
  return (
    <Modal open title={member.email} okText={t("people.save")} cancelText={t("common.action.cancel")} onCancel={onClose} onOk={form.submit}
      confirmLoading={save.isPending} okButtonProps={{ "data-testid": "staff-save" } as ButtonProps}>
      {error && <Alert type="error" showIcon style={{ margin: "12px 0" }} title={refusal(error)} data-testid="staff-error" />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} style={{ marginTop: 16 }} onFinish={(fields) => save.mutate(fields)}
        initialValues={{ name: member.name, role: member.role, unit: member.unit?.id, active: member.active }}>
        <Form.Item name="name" label={t("organisation.column.name")} rules={[{ required: true, whitespace: true, message: t("setup.needName") }]}>
          <Input maxLength={100} data-testid="staff-name" />
        </Form.Item>
        <Place units={units} />
        <Form.Item name="active" label={t("people.active")} valuePropName="checked" extra={t("people.activeHint")}>
          <Switch data-testid="staff-active" />
        </Form.Item>
      </Form>
      <Popconfirm title={t("people.reset.ask", { name: member.name })} okText={t("people.reset.action")} cancelText={t("common.action.cancel")}
        okButtonProps={{ danger: true, "data-testid": "staff-reset-yes" } as ButtonProps} onConfirm={() => reset.mutateAsync().catch(() => undefined)}>
        <Button size="small" loading={reset.isPending} data-testid="staff-reset">{t("people.reset.action")}</Button>
      </Popconfirm>
    </Modal>
  );
}
