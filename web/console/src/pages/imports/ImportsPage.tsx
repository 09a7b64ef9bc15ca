import { DownloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Progress, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { listImports } from "@/api/imports";
import type { Import, ImportState } from "@/api/types";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { UploadTable } from "./UploadTable";
import { isWorking, STATE_COLOUR } from "./words";

/** What was brought in tables, and a place to bring the next. */
export function ImportsPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const list = useInfiniteQuery({
    queryKey: ["imports"], queryFn: ({ pageParam }) => listImports(pageParam),
    initialPageParam: null as string | null, getNextPageParam: (page) => page.next ?? null,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some((one) => isWorking(one.state))) ? 1_000 : false),
  });
  const rows = list.data?.pages.flatMap((page) => page.items);
  const result = ({ kind, counts }: Import): string =>
    [
      counts.new > 0 && `${t(`imports.count.new_${kind}`)} ${format.count(counts.new)}`,
      counts.changed > 0 && `${t("imports.count.changed")} ${format.count(counts.changed)}`,
      counts.same > 0 && `${t("imports.count.same")} ${format.count(counts.same)}`,
      counts.rejected > 0 && `${t("imports.count.rejected")} ${format.count(counts.rejected)}`,
    ].filter(Boolean).join(" · ");
  const columns: TableColumnsType<Import> = [
    { title: t("imports.column.name"), key: "name", render: (_, one) => <Link to={`/imports/${one.id}`} style={{ fontWeight: 600 }}>{one.name}</Link> },
    { title: t("imports.column.kind"), key: "kind", render: (_, one) => t(`imports.kind.${one.kind}`) },
    {
      title: t("imports.column.state"), dataIndex: "state",
      render: (state: ImportState, one) => (isWorking(state)
        ? <Progress size="small" style={{ width: 120 }} percent={Math.round((one.progress ?? 0) * 100)} />
        : <Tag variant="filled" color={STATE_COLOUR[state]}>{t(`imports.state.${state}`)}</Tag>),
    },
    { title: t("imports.column.rows"), dataIndex: "rows", align: "right", render: (count: number) => format.count(count) },
    { title: t("imports.column.result"), key: "result", render: (_, one) => result(one) },
    { title: t("imports.column.by"), key: "by", render: (_, one) => one.created_by_name ?? one.created_by },
    { title: t("imports.column.at"), dataIndex: "created_at", render: (at: string) => <time dateTime={at}>{format.second(at)}</time> },
  ];
  return (
    <PageLayout title={t("imports.title")} lead={t("imports.lead")}
      actions={<Button icon={<DownloadOutlined />} href="/api/v1/imports?format=csv" download>{t("imports.csv")}</Button>}>
      <UploadTable />
      <Panel flush>
        {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && <LoadingState />}
        {rows?.length === 0 && <EmptyState title={t("imports.empty.title")} detail={t("imports.empty.detail")} />}
        {rows && rows.length > 0 && <Table<Import> rowKey="id" size="middle" columns={columns} dataSource={rows} pagination={false} scroll={{ x: "max-content" }} data-testid="imports-table" />}
        {list.hasNextPage && <div style={{ padding: 12, textAlign: "center" }}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("sources.live.older")}</Button></div>}
      </Panel>
    </PageLayout>
  );
}
