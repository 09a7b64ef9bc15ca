import { DownloadOutlined, RadarChartOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { listRings, ringsCsv, searchRings, type Verdict } from "@/api/fraud";
import { asProblem } from "@/api/problem";
import type { RingList } from "@/api/types";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl, useUrlState } from "@/app/parts/useUrlState";
import { keys } from "@/app/queries";
import { Decide } from "./Decide";
import { filtersOf } from "./filters";
import styles from "./Fraud.module.css";
import { RingDetail } from "./RingDetail";
import { RingFilter } from "./RingFilter";
import { RingTable } from "./RingTable";
import { Rules } from "./Rules";

/** The review queue: who may be cheating, why, and what becomes of it. */
export function FraudPage() {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const [ring, setRing] = useUrlState("ring");
  const [chosen, setChosen] = useState<string[]>([]);
  const [deciding, setDeciding] = useState<{ rings: string[]; verdict: Verdict } | null>(null);
  const filters = filtersOf(params);
  const narrowed = ["verdict", "kind", "unit"].some((name) => params.get(name));
  const list = useInfiniteQuery({
    queryKey: keys.rings(filters),
    queryFn: ({ pageParam }) => listRings(filters, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
  });
  const first = list.data?.pages[0];
  const rings = list.data?.pages.flatMap((page) => page.items);
  const decide = (asked: string[], verdict: Verdict): void => setDeciding({ rings: asked, verdict });
  return (
    <PageLayout title={t("fraud.title")} lead={t("fraud.lead")}
      actions={
        <>
          <Button icon={<DownloadOutlined />} href={ringsCsv(filters)} download data-testid="rings-csv">{t("fraud.csv")}</Button>
          <SearchNow />
        </>
      }>
      <Panel flush title={<RingFilter counts={first?.counts} />} extra={<LastSearch list={first} />}>
        {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && <LoadingState />}
        {rings?.length === 0 && (narrowed
          ? <EmptyState title={t("fraud.noMatch")} action={<Button onClick={() => patch({ verdict: null, kind: null, unit: null })} data-testid="rings-clear">{t("fraud.clearFilters")}</Button>} />
          : <EmptyState title={t("fraud.empty")} detail={t("fraud.emptyDetail", { score: first?.score_min })} />)}
        {rings && rings.length > 0 && <RingTable rings={rings} chosen={chosen} onChosen={setChosen} onOpen={setRing} onDecide={decide} />}
        {list.hasNextPage && (
          <div className={styles.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="rings-more">{t("fraud.more")}</Button>
          </div>
        )}
      </Panel>
      {first && <Rules list={first} />}
      <RingDetail ring={ring} onClose={() => setRing(null)} onDecide={decide} />
      <Decide asked={deciding} onClose={() => setDeciding(null)} onDone={() => setChosen([])} />
    </PageLayout>
  );
}

function LastSearch({ list }: { list: RingList | undefined }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (!list) return null;
  const last = list.last_search;
  return (
    <span className={styles.last} data-testid="rings-last">
      {last ? t("fraud.last", { at: format.moment(last.at), people: last.people, seconds: format.decimal(last.ms / 1000) }) : t("fraud.never")}
      {last && !last.complete ? ` · ${t("fraud.incomplete")}` : ""}
    </span>
  );
}

function SearchNow() {
  const { t } = useTranslation();
  const format = useFormats();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const search = useMutation({
    mutationFn: searchRings,
    onSuccess: (found) => {
      void message.success(t("fraud.searched", { fresh: found.new, known: found.known, seconds: format.decimal(found.ms / 1000) }));
      void queries.invalidateQueries({ queryKey: ["rings"] });
    },
    onError: (error) => void message.error(asProblem(error).detail ?? asProblem(error).title),
  });
  return <Button type="primary" icon={<RadarChartOutlined />} loading={search.isPending} onClick={() => search.mutate()} data-testid="rings-search">{t("fraud.search")}</Button>;
}
