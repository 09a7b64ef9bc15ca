import { DownloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Select, Space, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { listRejected } from "@/api/sources";
import type { RejectedRow } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { isKnownReason, REASONS, rejectedFilters } from "./filters";
import { SourceSelect } from "./SourceSelect";
import styles from "./SourcesPage.module.css";

const EVERY_MS = 10_000;

/** What was not taken, and why. */
export function RejectedFacts() {
  const { t } = useTranslation();
  const format = useFormats();
  const [params] = useSearchParams();
  const [reason, setReason] = useUrlState("reason");
  const filters = rejectedFilters(params);
  const filtered = Object.keys(filters).length > 0;
  const list = useInfiniteQuery({
    queryKey: ["facts", "rejected", filters], queryFn: ({ pageParam }) => listRejected(filters, pageParam),
    initialPageParam: null as string | null, getNextPageParam: (page) => page.next ?? null, refetchInterval: EVERY_MS,
  });
  const rows = list.data?.pages.flatMap((page) => page.items);
  const csv = `/api/v1/facts/rejected?${new URLSearchParams({ ...filters, format: "csv" }).toString()}`;

  const columns: TableColumnsType<RejectedRow> = [
    { title: t("sources.column.at"), dataIndex: "at", width: 150, render: (at: string) => <time dateTime={at} title={at}>{format.second(at)}</time> },
    { title: t("sources.column.reason"), dataIndex: "reason", render: (word: string, { message }) => <span title={message}><Tag color="red" variant="filled">{isKnownReason(word) ? t(`sources.reason.${word}`) : word}</Tag></span> },
    { title: t("sources.column.event"), dataIndex: "event", render: (event: string | null) => event ?? "" },
    { title: t("sources.column.source"), dataIndex: "source", render: (source: string, { source_name }) => <span title={source}>{source_name ?? source}</span> },
    { title: t("sources.column.bytes"), dataIndex: "bytes", align: "right", render: (bytes: number) => format.count(bytes) },
    { title: t("sources.column.said"), dataIndex: "excerpt", render: (excerpt: string) => <code className={styles.properties}>{excerpt}</code> },
  ];
  const head = (
    <Space wrap>
      <Select allowClear style={{ width: 190 }} placeholder={t("sources.filter.reason")} value={reason} options={REASONS.map((word) => ({ value: word, label: t(`sources.reason.${word}`) }))}
        onChange={(value?: string) => setReason(value ?? null)} data-testid="rejected-reason" />
      <SourceSelect />
    </Space>
  );
  return (
    <Panel flush title={<div className={styles.filters}>{head}</div>} extra={<Button size="small" icon={<DownloadOutlined />} href={csv} download data-testid="rejected-csv">{t("sources.csv")}</Button>}>
      {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending && <LoadingState />}
      {rows?.length === 0 && (filtered ? <EmptyState title={t("common.state.noMatch")} /> : <EmptyState title={t("sources.noneRejected.title")} detail={t("sources.noneRejected.detail")} />)}
      {rows && rows.length > 0 && (
        <Table<RejectedRow> rowKey="id" size="small" columns={columns} dataSource={rows} pagination={false} scroll={{ x: "max-content" }} data-testid="rejected-table"
          expandable={{ expandRowByClick: true, expandedRowRender: (row) => <div className={styles.detail} data-testid="rejected-detail"><p>{row.message}</p><pre className={styles.json}>{row.excerpt}</pre></div> }} />
      )}
      {list.hasNextPage && <div className={styles.more}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="rejected-more">{t("sources.live.older")}</Button></div>}
    </Panel>
  );
}
