import { DownloadOutlined, PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { listPlays, playsCsv, type PlayPhase, type PlayRow } from "@/api/plays";
import { NOTHING, useFormats } from "@/app/format";
import { matchScore } from "@/app/keyboard/pinyin";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { playKeys } from "./keys";
import styles from "./Plays.module.css";

export const PHASE_COLOUR = { draft: "default", live: "green", paused: "gold", ended: "default" } as const;
const PHASES: readonly PlayPhase[] = ["draft", "live", "paused", "ended"];

/** Every play there is, what it costs and what it brings. */
export function PlaysPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const navigate = useNavigate();
  const may = useMay();
  const [search, setSearch] = useUrlState("q");
  const [phase, setPhase] = useUrlState("phase");
  const plays = useQuery({ queryKey: playKeys.list, queryFn: listPlays, refetchInterval: 10_000 });
  const found = plays.data?.filter((play) => matchScore(search ?? "", play.name) > 0.5 && (phase === null || play.phase === phase));
  const create = may("manage_campaigns") && <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate("/plays/new")} data-testid="play-create">{t("plays.create")}</Button>;
  const number = (title: string, read: (play: PlayRow) => number | undefined, words: (value: number) => string) => ({
    title, key: title, align: "right" as const, sorter: (a: PlayRow, b: PlayRow) => (read(a) ?? 0) - (read(b) ?? 0),
    render: (_: unknown, play: PlayRow) => { const value = read(play); return value === undefined ? NOTHING : words(value); },
  });
  const columns: TableColumnsType<PlayRow> = [
    {
      title: t("plays.column.name"), key: "name",
      render: (_, play) => (
        <>
          <Link to={`/plays/${play.id}`} className={styles.name ?? ""} data-testid="play-link">{play.name}</Link>
          <Tag variant="filled" color={PHASE_COLOUR[play.phase]}>{t(`plays.phase.${play.phase}`)}</Tag>
          <div className={styles.faint}>{t(`plays.kind.${play.kind}`)} · {t(`plays.channel.${play.channel}`)}</div>
        </>
      ),
    },
    { title: t("plays.column.period"), key: "period", render: (_, play) => <span className={styles.quiet}>{format.day(play.starts_at)} – {format.day(play.ends_at)}</span> },
    number(t("plays.column.begun"), (play) => play.numbers?.begun, format.count),
    number(t("plays.column.completed"), (play) => play.numbers?.completed, format.count),
    number(t("plays.column.newcomers"), (play) => play.numbers?.newcomers, format.count),
    number(t("plays.column.spent"), (play) => play.numbers?.spent_fen, format.money),
    number(t("plays.column.budget"), (play) => play.budget_fen, format.money),
  ];
  return (
    <PageLayout title={t("plays.title")} lead={t("plays.lead")}
      actions={<><Button icon={<DownloadOutlined />} href={playsCsv()} download data-testid="plays-csv">{t("plays.csv")}</Button>{create}</>}>
      <Panel flush
        title={<span className={styles.filters}>
          <Input allowClear className={styles.search ?? ""} prefix={<SearchOutlined />} value={search ?? ""} onChange={({ target }) => setSearch(target.value || null)} placeholder={t("plays.search")} aria-label={t("plays.search")} data-testid="play-search" />
          <Select allowClear className={styles.phase ?? ""} value={phase} onChange={(next: string | undefined) => setPhase(next ?? null)} placeholder={t("plays.anyPhase")} aria-label={t("plays.anyPhase")} options={PHASES.map((each) => ({ value: each, label: t(`plays.phase.${each}`) }))} />
        </span>}
        extra={found && <small className={styles.faint}>{t("plays.count", { count: found.length })}</small>}>
        {plays.error && !plays.data ? <ProblemState error={plays.error} onRetry={() => void plays.refetch()} /> : null}
        {plays.isPending && <LoadingState />}
        {plays.data?.length === 0 && <EmptyState title={t("plays.empty.title")} detail={t("plays.empty.detail")} action={may("manage_campaigns") && <Button type="primary" onClick={() => void navigate("/plays/new?kind=free_gift")} data-testid="play-sample">{t("plays.empty.sample")}</Button>} />}
        {found && (plays.data?.length ?? 0) > 0 && (
          <Table<PlayRow> rowKey="id" columns={columns} dataSource={found} scroll={{ x: "max-content" }} pagination={found.length > 20 ? { pageSize: 20 } : false} locale={{ emptyText: t("common.state.noMatch") }} data-testid="play-table" />
        )}
      </Panel>
    </PageLayout>
  );
}
