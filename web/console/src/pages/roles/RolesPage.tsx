import { CheckOutlined, CopyOutlined, DeleteOutlined, DownloadOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm, Table, Tag, Tooltip, type ButtonProps, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteRole, listPermissions } from "@/api/access";
import type { NewRole, PermissionWords, Role } from "@/api/types";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { usePreferences } from "@/app/preferences";
import { keys, useRoles } from "@/app/queries";
import { isPreset, useRoleWords } from "@/app/roles";
import { RoleForm } from "./RoleForm";

/** A role in the form: one that is there, or a new one with what it begins with. */
export interface Draft extends NewRole {
  id: string | null;
}

/** Who may do what: a line a permission, a column a role. */
export function RolesPage() {
  const { t } = useTranslation();
  const words = useRoleWords();
  const may = useMay();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const { language } = usePreferences();
  const roles = useRoles();
  const permissions = useQuery({ queryKey: keys.permissions, queryFn: listPermissions, staleTime: Infinity });
  const [draft, setDraft] = useState<Draft | null>(null);
  const manages = may("manage_roles");
  const remove = useMutation({
    mutationFn: (role: Role) => deleteRole(role.id),
    onSuccess: () => void message.success(t("roles.removed")),
    onError: (error) => void message.error(refusal(error)),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.roles }),
  });

  const tools = (role: Role) => {
    const name = words(role.id, role.name);
    const { permissions: held, scope } = role;
    return (
      <div>
        {!isPreset(role.id) && (
          <Tooltip title={t("roles.edit")}>
            <Button size="small" type="text" icon={<EditOutlined />} aria-label={`${t("roles.edit")} ${name}`} onClick={() => setDraft({ id: role.id, name, permissions: held, scope })} data-testid="role-edit" />
          </Tooltip>
        )}
        <Tooltip title={t("roles.copy")}>
          <Button size="small" type="text" icon={<CopyOutlined />} aria-label={`${t("roles.copy")} ${name}`} onClick={() => setDraft({ id: null, name: t("roles.copyOf", { name }), permissions: held, scope })} data-testid="role-copy" />
        </Tooltip>
        {!isPreset(role.id) && (
          <Popconfirm title={t("roles.removeAsk", { name })} okText={t("roles.remove")} cancelText={t("common.action.cancel")} okButtonProps={{ danger: true, "data-testid": "role-remove-yes" } as ButtonProps}
            onConfirm={() => remove.mutateAsync(role).catch(() => undefined)}>
            <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${t("roles.remove")} ${name}`} data-testid="role-remove" />
          </Popconfirm>
        )}
      </div>
    );
  };
  const columns: TableColumnsType<PermissionWords> = [
    {
      title: t("roles.permission"), key: "permission", fixed: "left", width: 260,
      render: (_, permission) => <><span>{permission[language]}</span><br /><small style={{ color: "var(--text-faint)" }}>{permission.id}</small></>,
    },
    ...(roles.data ?? []).map((role) => ({
      key: role.id, align: "center" as const, width: 148,
      title: (
        <div data-testid={`role-${role.id}`}>
          <div>{words(role.id, role.name)}</div>
          <div style={{ fontWeight: 400 }}>{isPreset(role.id) && <Tag variant="filled">{t("roles.preset")}</Tag>}<small style={{ color: "var(--text-secondary)" }}>{t("roles.staff", { count: role.staff })}</small></div>
          <small style={{ fontWeight: 400, color: "var(--text-secondary)" }}>{t(`roles.scope.${role.scope}`)}</small>
          {manages && tools(role)}
        </div>
      ),
      render: (_: unknown, permission: PermissionWords) =>
        role.permissions.includes(permission.id) ? <CheckOutlined style={{ color: "var(--accent)" }} aria-label={t("roles.may")} /> : <span style={{ color: "var(--text-faint)" }} aria-label={t("roles.mayNot")}>·</span>,
    })),
  ];
  const failed = (roles.error && !roles.data && roles) || (permissions.error && !permissions.data && permissions) || null;
  const actions = (
    <>
      <Button icon={<DownloadOutlined />} href="/api/v1/roles?format=csv" download data-testid="roles-csv">{t("roles.csv")}</Button>
      {manages && <Button type="primary" icon={<PlusOutlined />} onClick={() => setDraft({ id: null, name: "", permissions: [], scope: "unit" })} data-testid="role-create">{t("roles.create")}</Button>}
    </>
  );
  return (
    <PageLayout title={t("roles.title")} lead={t("roles.lead")} actions={actions}>
      <Panel flush>
        {failed && <ProblemState error={failed.error} onRetry={() => void failed.refetch()} />}
        {!failed && (roles.isPending || permissions.isPending) && <LoadingState />}
        {roles.data && permissions.data && (
          <Table<PermissionWords> rowKey="id" columns={columns} dataSource={permissions.data} pagination={false} scroll={{ x: "max-content" }} sticky data-testid="role-matrix" />
        )}
      </Panel>
      {draft && <RoleForm key={draft.id ?? "new"} draft={draft} permissions={permissions.data ?? []} onClose={() => setDraft(null)} />}
    </PageLayout>
  );
}
