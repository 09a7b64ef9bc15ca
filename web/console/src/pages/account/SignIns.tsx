import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm, Table, Tag, type ButtonProps, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { endOtherSessions, endSession, listSessions } from "@/api/access";
import type { SessionItem } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { keys } from "@/app/queries";

/** Where one is signed in; any of it can be ended but the sign-in that looks. */
export function SignIns() {
  const { t } = useTranslation();
  const format = useFormats();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const list = useQuery({ queryKey: keys.sessions, queryFn: listSessions });
  const settle = {
    onSuccess: () => void message.success(t("account.ended")),
    onError: (error: unknown) => void message.error(refusal(error)),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.sessions }),
  };
  const end = useMutation({ mutationFn: (session: SessionItem) => endSession(session.id), ...settle });
  const endOthers = useMutation({ mutationFn: endOtherSessions, ...settle });
  const others = list.data?.filter(({ current }) => !current).length ?? 0;

  const columns: TableColumnsType<SessionItem> = [
    {
      title: t("account.column.agent"), dataIndex: "agent",
      render: (agent: string | null, { current }) => <>{agent ?? t("account.unknownAgent")} {current && <Tag variant="filled" color="gold">{t("account.here")}</Tag>}</>,
    },
    { title: t("account.column.created"), dataIndex: "created_at", render: format.moment },
    { title: t("account.column.seen"), dataIndex: "seen_at", render: format.moment },
    { title: t("account.column.expires"), dataIndex: "expires_at", render: format.moment },
    {
      key: "end", align: "right",
      render: (_, session) =>
        !session.current && <Button size="small" danger type="text" loading={end.isPending && end.variables.id === session.id} onClick={() => end.mutate(session)} data-testid="session-end">{t("account.end")}</Button>,
    },
  ];
  const endAll = others > 0 && (
    <Popconfirm title={t("account.endOthersAsk", { count: others })} okText={t("account.endOthers")} cancelText={t("common.action.cancel")} okButtonProps={{ danger: true, "data-testid": "session-end-others-yes" } as ButtonProps}
      onConfirm={() => endOthers.mutateAsync().catch(() => undefined)}>
      <Button size="small" danger data-testid="session-end-others">{t("account.endOthers")}</Button>
    </Popconfirm>
  );
  return (
    <Panel flush title={t("account.sessions")} extra={endAll}>
      {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending && <LoadingState rows={3} />}
      {list.data?.length === 0 && <EmptyState title={t("account.none")} />}
      {list.data && list.data.length > 0 && <Table<SessionItem> rowKey="id" columns={columns} dataSource={list.data} pagination={false} scroll={{ x: "max-content" }} data-testid="session-table" />}
    </Panel>
  );
}
