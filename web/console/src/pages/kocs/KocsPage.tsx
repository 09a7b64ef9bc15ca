import { DownloadOutlined, SafetyCertificateOutlined, SendOutlined } from "@ant-design/icons";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Button, Segmented, Tooltip } from "antd";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { boardCsv, readBoard, type Threshold } from "@/api/kocs";
import type { BoardRow } from "@/api/types";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { keys, useCampaigns } from "@/app/queries";
import { useStoreColours } from "@/network/useStoreColours";
import { BoardTable } from "./BoardTable";
import { FilterPills } from "./FilterPills";
import { filtersOf, FILTERS } from "./filters";
import { Spread } from "./Spread";
import { ThresholdBar } from "./ThresholdBar";
import { Why } from "./Why";
import styles from "./Kocs.module.css";

const PAGE = 50;
const PATIENCE_MS = 160;

/** Asks a moment after the line was moved last, not at every pixel. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value === null ? 0 : PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Everybody ranked by whose reach is worth an action, with the reasons. */
export function KocsPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const navigate = useNavigate();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const filters = filtersOf(params);
  const [tried, setTried] = useState<Threshold | null>(null);
  const [days, setDays] = useState(1);
  const [chosen, setChosen] = useState<string[]>([]);
  const [opened, setOpened] = useState<BoardRow | null>(null);
  const settled = useSettled(tried);
  const campaigns = useCampaigns();
  const query = useInfiniteQuery({
    queryKey: keys.board(filters, settled),
    queryFn: ({ pageParam, signal }) => readBoard(filters, settled, pageParam, PAGE, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next ?? null,
    placeholderData: keepPreviousData,
  });
  const board = query.data?.pages[0];
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const colourOf = useStoreColours(filters.campaign ?? null);
  const filtered = FILTERS.some((name) => name !== "campaign" && params.get(name));
  const clear = (): void => patch(Object.fromEntries(FILTERS.map((name) => [name, null])));
  const tryScore = useCallback((value: number) => setTried({ by: "score", value }), []);
  const line = tried?.by === "score" ? tried.value : (board?.threshold.score ?? null);

  return (
    <PageLayout title={t("kocs.title")} lead={t("kocs.lead")}
      actions={
        <Tooltip title={t("kocs.csvHint")}>
          <Button icon={<DownloadOutlined />} href={boardCsv(filters)} download data-testid="board-csv">{t("kocs.csv")}</Button>
        </Tooltip>
      }>
      {board && board.ranked > 0 && (
        <Panel title={t("kocs.spread.title")} extra={<ThresholdBar board={board} tried={tried} onTry={setTried} />}>
          <Spread board={board} line={line} onTry={tryScore} />
        </Panel>
      )}
      <Panel flush title={<FilterPills filters={filters} board={board} campaigns={campaigns.data ?? []} />}
        extra={
          <span className={styles.total} aria-live="polite">
            {board && board.suspicious > 0 && (
              <Tooltip title={t("kocs.suspiciousWhy")}><small data-testid="board-suspicious"><SafetyCertificateOutlined /> {t("kocs.suspicious", { count: board.suspicious })}</small></Tooltip>
            )}
            <span data-testid="board-total">{query.isPlaceholderData ? t("kocs.slow") : board && t("kocs.total", { total: format.count(board.total), kocs: format.count(board.kocs) })}</span>
            <span>{t("kocs.trend.against")}</span><Segmented size="small" value={days} onChange={setDays} options={[1, 7, 30].map((count) => ({ value: count, label: t("kocs.trend.days", { count }) }))} />
          </span>
        }>
        {chosen.length > 0 && (
          <div className={styles.bulk} data-testid="board-bulk">
            <strong>{t("kocs.selected", { count: chosen.length })}</strong>
            <Button size="small" type="primary" icon={<SendOutlined />} onClick={() => void navigate(`/reach?bulk=${chosen.join(",")}`)}>{t("kocs.bulk")}</Button>
            <Button size="small" type="text" onClick={() => setChosen([])}>{t("kocs.unselect")}</Button>
          </div>
        )}
        {query.error && !query.data ? <ProblemState error={query.error} onRetry={() => void query.refetch()} /> : null}
        {query.isPending && <LoadingState rows={12} />}
        {board && rows.length === 0 && (filtered
          ? <EmptyState title={t("kocs.empty.noMatch")} detail={t("kocs.empty.noMatchDetail")} action={<Button onClick={clear}>{t("kocs.filter.clear")}</Button>} />
          : <EmptyState title={t("kocs.empty.title")} detail={t("kocs.empty.detail")} />)}
        {board && rows.length > 0 && (
          <BoardTable board={board} rows={rows} days={days} stale={query.isPlaceholderData} chosen={chosen} onChoose={setChosen} onOpen={setOpened} colourOf={(row) => colourOf(row.unit?.id ?? null)} />
        )}
        {query.hasNextPage && (
          <div className={styles.more}>
            <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()} data-testid="board-more">{t("kocs.more")}</Button>
          </div>
        )}
      </Panel>
      {opened && board && <Why row={opened} board={board} colour={colourOf(opened.unit?.id ?? null)} onClose={() => setOpened(null)} />}
    </PageLayout>
  );
}
