import { DownloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Table, Typography, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { listAudit } from "@/api/access";
import type { AuditEntry } from "@/api/types";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { AuditFilter } from "./AuditFilter";
import { Change } from "./Change";
import { filtersOf, isKnown, wordOf } from "./filters";

/** Who changed what, when, and how it was before. */
export function AuditPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const [params] = useSearchParams();
  const filters = filtersOf(params);
  const filtered = Object.keys(filters).length > 0;
  const list = useInfiniteQuery({
    queryKey: ["audit", filters],
    queryFn: ({ pageParam }) => listAudit(filters, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
  });
  const entries = list.data?.pages.flatMap((page) => page.items);
  const csv = `/api/v1/audit?${new URLSearchParams({ ...filters, format: "csv" }).toString()}`;

  const columns: TableColumnsType<AuditEntry> = [
    { title: t("audit.column.at"), dataIndex: "at", render: (at: string) => <time dateTime={at} title={at}>{format.moment(at)}</time> },
    { title: t("audit.column.actor"), dataIndex: "actor", render: (actor: string, { actor_name }) => <span title={actor}>{actor_name ?? (actor === "setup" || actor === "command_line" ? t(`audit.actor.${actor}`) : actor)}</span> },
    {
      title: t("audit.column.action"), dataIndex: "action",
      render: (action: string) => (isKnown(action) ? t(wordOf(action)) : action),
    },
    { title: t("audit.column.ip"), dataIndex: "ip", render: (ip: string | null) => <span style={{ color: "var(--text-secondary)" }}>{ip ?? "—"}</span> },
    { title: t("audit.column.subject"), dataIndex: "subject", render: (subject: string) => <Typography.Text code>{subject}</Typography.Text> },
  ];
  return (
    <PageLayout title={t("audit.title")} lead={t("audit.lead")}
      actions={<Button icon={<DownloadOutlined />} href={csv} download data-testid="audit-csv">{t("audit.csv")}</Button>}>
      <Panel flush title={<AuditFilter />}>
        {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && <LoadingState />}
        {entries?.length === 0 && <EmptyState title={filtered ? t("common.state.noMatch") : t("audit.none")} />}
        {entries && entries.length > 0 && (
          <Table<AuditEntry> rowKey="id" columns={columns} dataSource={entries} pagination={false} scroll={{ x: "max-content" }} data-testid="audit-table"
            expandable={{ expandedRowRender: (entry) => <Change entry={entry} /> }} />
        )}
        {list.hasNextPage && (
          <div style={{ padding: 16, textAlign: "center" }}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="audit-more">{t("audit.more")}</Button>
          </div>
        )}
      </Panel>
    </PageLayout>
  );
}
