import { DownloadOutlined, PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input, Segmented, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { contentKeys, listPages, pagesCsv, type PageBrief } from "@/api/content";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { NewPage } from "./NewPage";
import styles from "./Content.module.css";

/** 页面: what customers open, made of blocks. */
export function PagesPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const patch = usePatchUrl();
  const may = useMay();
  const [q, published] = [params.get("q"), params.get("published")];
  const list = useInfiniteQuery({
    queryKey: contentKeys.pages(q, published),
    queryFn: ({ pageParam }) => listPages(q, published, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
    placeholderData: keepPreviousData,
  });
  const pages = list.data?.pages.flatMap((page) => page.items);
  const create = may("manage_campaigns") && <Button type="primary" icon={<PlusOutlined />} onClick={() => patch({ new: "1" })} data-testid="page-create">{t("blocks.create")}</Button>;
  const states = [{ value: "", label: t("blocks.filter.all") }, { value: "true", label: t("blocks.state.published") }, { value: "false", label: t("blocks.state.draft") }];
  return (
    <PageLayout title={t("blocks.title")} lead={t("blocks.lead")}
      actions={<><Button icon={<DownloadOutlined />} href={pagesCsv(q, published)} download data-testid="pages-csv">{t("spread.csv")}</Button>{create}</>}>
      <Panel flush title={
        <div className={styles.filters}>
          <Input allowClear className={styles.search ?? ""} prefix={<SearchOutlined />} value={q ?? ""} onChange={({ target }) => patch({ q: target.value || null })} placeholder={t("blocks.search")} aria-label={t("blocks.search")} data-testid="page-search" />
          <Segmented value={published ?? ""} options={states} onChange={(value) => patch({ published: String(value) || null })} />
        </div>
      }>
        {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && <LoadingState />}
        {pages?.length === 0 && (q || published
          ? <EmptyState title={t("spread.noMatch")} action={<Button onClick={() => patch({ q: null, published: null })}>{t("spread.clear")}</Button>} />
          : <EmptyState title={t("blocks.empty")} detail={t("blocks.emptyDetail")} action={create} />)}
        {pages && pages.length > 0 && <PageTable pages={pages} />}
        {list.hasNextPage && <div className={styles.more}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("spread.more")}</Button></div>}
      </Panel>
      {params.get("new") && may("manage_campaigns") && <NewPage onClose={() => patch({ new: null })} />}
    </PageLayout>
  );
}

function PageTable({ pages }: { pages: PageBrief[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const columns: TableColumnsType<PageBrief> = [
    { title: t("blocks.column.page"), key: "title", render: (_, page) => <div className={styles.name}><Link to={`/pages/${encodeURIComponent(page.page)}`} data-testid="page-row">{page.title || t("blocks.untitled")}</Link><small>{page.page}</small></div> },
    { title: t("blocks.column.state"), key: "state", render: (_, page) => page.published ? <Tag variant="filled" color="green">{t("blocks.state.version", { version: page.published })}</Tag> : <Tag variant="filled">{t("blocks.state.draft")}</Tag> },
    { title: t("blocks.column.blocks"), dataIndex: "blocks", align: "right", render: (count: number) => format.count(count) },
    { title: t("blocks.column.changed"), key: "changed", align: "right", render: (_, page) => <span className={styles.faint}>{format.moment(page.changed_at)}</span> },
  ];
  return <Table<PageBrief> rowKey="page" columns={columns} dataSource={pages} scroll={{ x: "max-content" }} pagination={false} data-testid="page-table" />;
}
