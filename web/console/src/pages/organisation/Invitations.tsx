import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { listInvitations, revokeInvitation } from "@/api/organisation";
import type { Invitation } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { keys } from "@/app/queries";
import { useRoleWords } from "@/app/roles";

/** Who is asked to join and has not yet. */
export function Invitations() {
  const { t } = useTranslation();
  const format = useFormats();
  const refusal = useRefusal();
  const roleWords = useRoleWords();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const list = useQuery({ queryKey: keys.invitations, queryFn: listInvitations });
  const revoke = useMutation({
    mutationFn: (invitation: Invitation) => revokeInvitation(invitation.id),
    onError: (error) => void message.error(refusal(error)),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.invitations }),
  });
  const columns: TableColumnsType<Invitation> = [
    { title: t("organisation.column.email"), dataIndex: "email" },
    { title: t("organisation.column.role"), dataIndex: "role", render: (role: string, { role_name }) => roleWords(role, role_name) },
    { title: t("organisation.column.unit"), key: "unit", render: (_, { unit }) => unit?.name ?? "—" },
    { title: t("people.until"), dataIndex: "expires_at", render: format.moment },
    {
      key: "revoke", align: "right",
      render: (_, invitation) => (
        <Popconfirm title={t("people.revokeAsk", { email: invitation.email })} okText={t("people.revoke")} cancelText={t("common.action.cancel")}
          okButtonProps={{ danger: true }} onConfirm={() => revoke.mutateAsync(invitation).catch(() => undefined)}>
          <Button size="small" danger type="text" data-testid="invitation-revoke">{t("people.revoke")}</Button>
        </Popconfirm>
      ),
    },
  ];
  return (
    <Panel flush title={t("people.invitations")}>
      {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending && <LoadingState rows={2} />}
      {list.data?.length === 0 && <p style={{ margin: 0, padding: "4px 18px 18px", color: "var(--text-secondary)" }}>{t("people.noInvitations")}</p>}
      {list.data && list.data.length > 0 && <Table<Invitation> rowKey="id" columns={columns} dataSource={list.data} pagination={false} scroll={{ x: "max-content" }} data-testid="invitation-table" />}
    </Panel>
  );
}
