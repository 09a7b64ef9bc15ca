import { BlockOutlined, DownloadOutlined, PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Input, Segmented, Table, Tag, Tooltip, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { listSegments, segmentsCsv, type Segment, type SegmentKind } from "@/api/audience";
import { NOTHING, useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { audienceKeys } from "../audience/keys";
import { RuleWords } from "../audience/rule/RuleWords";
import { useSettled } from "../audience/useSettled";
import { OverlapDrawer } from "./Overlap";
import styles from "./Segments.module.css";

const KINDS: readonly SegmentKind[] = ["live", "manual", "snapshot"];
const PAGE = 20;
/** As many as the server lays over one another. */
export const OVERLAP_MAX = 8;

/** Everybody one can describe, kept true. */
export function SegmentsPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const navigate = useNavigate();
  const may = useMay();
  const [search, setSearch] = useUrlState("q");
  const [kind, setKind] = useUrlState("kind");
  const [laid, setLaid] = useUrlState("overlap");
  const [chosen, setChosen] = useState<string[]>([]);
  const q = useSettled((search ?? "").trim());
  const list = useQuery({ queryKey: audienceKeys.segments(q), queryFn: ({ signal }) => listSegments(q, signal), placeholderData: keepPreviousData });
  const all = list.data?.items;
  const shown = all?.filter((each) => kind === null || each.kind === kind);
  const largest = Math.max(1, ...(all ?? []).map(({ size }) => size));
  const counted = (of: SegmentKind): number => (all ?? []).filter((each) => each.kind === of).length;
  const columns: TableColumnsType<Segment> = [
    {
      title: t("segments.column.name"), key: "name", sorter: (a, b) => a.name.localeCompare(b.name, "zh"),
      render: (_, segment) => (
        <span className={styles.who}>
          <Link to={`/segments/${segment.segment}`} className={styles.name} onClick={(event) => event.stopPropagation()} data-testid="segment-name">{segment.name}</Link>
          <small>{segment.note || (segment.rule ? <RuleWords rule={segment.rule} /> : t(`segments.kindHint.${segment.kind}`))}</small>
        </span>),
    },
    {
      title: t("segments.column.size"), key: "size", align: "right", sorter: (a, b) => a.size - b.size, defaultSortOrder: "descend", sortDirections: ["descend", "ascend", "descend"],
      render: (_, { size, is_exact }) => (
        <span className={styles.size}>
          <i><b style={{ width: `${(100 * size) / largest}%` }} /></i>
          <span>{is_exact ? format.count(size) : t("segments.about", { count: size })}</span>
        </span>),
    },
    { title: t("segments.column.kind"), key: "kind", render: (_, segment) => <KindTag kind={segment.kind} /> },
    { title: t("segments.column.used"), key: "used", render: (_, { used_by }) => (used_by.length === 0 ? NOTHING : <Tooltip title={used_by.map(({ name }) => name).join("、")}>{t("segments.usedBy", { count: used_by.length })}</Tooltip>) },
    { title: t("segments.column.changed"), key: "changed", sorter: (a, b) => a.changed_at.localeCompare(b.changed_at), render: (_, { changed_at }) => format.moment(changed_at) },
  ];
  const create = may("manage_segments") && <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate("/segments/new")} data-testid="segment-create">{t("segments.create")}</Button>;
  return (
    <PageLayout title={t("segments.title")} lead={t("segments.lead")}
      actions={<>
        <Button icon={<DownloadOutlined />} href={segmentsCsv(q)} download data-testid="segments-csv">{t("segments.csv")}</Button>
        {create}
      </>}>
      <Panel flush
        title={
          <span className={styles.filters}>
            <Input allowClear className={styles.search ?? ""} prefix={<SearchOutlined />} value={search ?? ""} onChange={(event) => setSearch(event.target.value || null)} placeholder={t("segments.search")} aria-label={t("segments.search")} data-testid="segment-search" />
            <Segmented size="small" value={kind ?? "every"} onChange={(value) => setKind(value === "every" ? null : value)} aria-label={t("segments.column.kind")}
              options={[{ value: "every", label: t("segments.everyKind") }, ...KINDS.map((each) => ({ value: each as string, label: `${t(`segments.kind.${each}`)} ${format.count(counted(each))}` }))]} />
          </span>
        }
        extra={shown && <span className={styles.total} aria-live="polite" data-testid="segments-total">{list.isPlaceholderData ? t("segments.slow") : t("segments.total", { count: shown.length })}</span>}>
        {chosen.length > 0 && (
          <div className={styles.bulk} data-testid="segments-bulk">
            <strong>{t("segments.chosen", { count: chosen.length })}</strong>
            <Button size="small" type="primary" icon={<BlockOutlined />} disabled={chosen.length < 2 || chosen.length > OVERLAP_MAX} onClick={() => setLaid(chosen.join(","))} data-testid="segments-overlap">{t("segments.overlap.open")}</Button>
            {chosen.length < 2 && <small>{t("segments.overlap.two")}</small>}
            {chosen.length > OVERLAP_MAX && <small>{t("segments.overlap.eight")}</small>}
            <Button size="small" type="text" onClick={() => setChosen([])}>{t("segments.unchoose")}</Button>
          </div>
        )}
        {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && <LoadingState />}
        {shown?.length === 0 && (q || kind
          ? <EmptyState title={t("segments.noMatch")} action={<Button onClick={() => { setSearch(null); setTimeout(() => setKind(null)); }}>{t("segments.clear")}</Button>} />
          : <EmptyState title={t("segments.empty.title")} detail={t("segments.empty.detail")} action={create} />)}
        {shown && shown.length > 0 && (
          <Table<Segment> rowKey="segment" columns={columns} dataSource={shown} scroll={{ x: "max-content" }} className={list.isPlaceholderData ? styles.stale ?? "" : ""} pagination={shown.length > PAGE ? { pageSize: PAGE, showSizeChanger: false } : false}
            rowSelection={{ selectedRowKeys: chosen, onChange: (next) => setChosen(next.map(String)), getCheckboxProps: ({ name }) => ({ "aria-label": name }) as object }}
            onRow={({ segment }) => ({ onClick: () => void navigate(`/segments/${segment}`), className: styles.row })} data-testid="segment-table" />
        )}
      </Panel>
      {laid && <OverlapDrawer segments={laid.split(",").slice(0, OVERLAP_MAX)} onClose={() => setLaid(null)} />}
    </PageLayout>
  );
}

const COLOUR = { live: "gold", manual: "cyan", snapshot: "default" } as const;

export function KindTag({ kind }: { kind: SegmentKind }) {
  const { t } = useTranslation();
  return <Tag variant="filled" color={COLOUR[kind]} title={t(`segments.kindHint.${kind}`)}>{t(`segments.kind.${kind}`)}</Tag>;
}
