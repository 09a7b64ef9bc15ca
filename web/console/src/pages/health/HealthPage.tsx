import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { HEALTH_CSV, listHealth } from "@/api/health";
import type { SourceHealth } from "@/api/types";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { Matter } from "./Matter";
import { SourceDetail } from "./SourceDetail";
import { Spark } from "./Spark";
import { ago, sum, STATE_COLOUR } from "./words";
import styles from "./Health.module.css";

const EVERY_MS = 15_000;

/** How every source is doing; the one that is chosen stands below with all that is known of it. */
export function HealthPage() {
  const { t } = useTranslation();
  const [chosen, choose] = useUrlState("source");
  const health = useQuery({ queryKey: ["health"], queryFn: listHealth, refetchInterval: EVERY_MS });
  const sources = health.data ?? [];
  const opened = sources.find((each) => each.source === chosen) ?? sources[0];
  return (
    <PageLayout title={t("health.title")} lead={t("health.lead")} actions={<Button icon={<DownloadOutlined />} href={HEALTH_CSV} download data-testid="health-csv">{t("health.csv")}</Button>}>
      {health.error && !health.data ? <ProblemState error={health.error} onRetry={() => void health.refetch()} /> : null}
      {health.isPending && <LoadingState rows={8} />}
      {health.data && sources.length === 0 && <EmptyState title={t("health.none.title")} detail={t("health.none.detail")} action={<Link to="/settings/sources?tab=connect"><Button type="primary">{t("health.none.action")}</Button></Link>} />}
      {sources.length > 0 && (
        <>
          <Numbers sources={sources} />
          <Panel flush>
            <ul className={styles.sources} data-testid="health-sources">
              {sources.map((source) => <Row key={source.source} source={source} chosen={source === opened} onChoose={() => choose(source.source)} />)}
            </ul>
          </Panel>
          {opened && <SourceDetail key={opened.source} source={opened} />}
        </>
      )}
    </PageLayout>
  );
}

function Numbers({ sources }: { sources: SourceHealth[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const of = (state: string): number => sources.filter((source) => source.state === state).length;
  const numbers = [
    ["sources", sources.length, ""], ["urgent", of("alarm"), of("alarm") > 0 ? styles.bad : ""], ["notice", of("notice"), ""],
    ["accepted", sum(sources, (source) => source.day.accepted), ""], ["rejected", sum(sources, (source) => source.day.rejected), ""],
  ] as const;
  return (
    <div className={styles.numbers} data-testid="health-numbers">
      {numbers.map(([name, value, tone]) => <div key={name}><small>{t(`health.number.${name}`)}</small><strong className={tone}>{format.count(value)}</strong></div>)}
    </div>
  );
}

function Row({ source, chosen, onChoose }: { source: SourceHealth; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const name = source.source_name ?? source.source;
  const share = (part: number | null | undefined): string => (part == null ? "—" : format.share(part, 1));
  return (
    <li className={styles.row} data-chosen={chosen || undefined} data-state={source.state} tabIndex={0} role="button" aria-pressed={chosen} aria-label={t("health.open", { name })} data-testid="health-row"
      onClick={onChoose} onKeyDown={(key) => { if (key.key === "Enter") onChoose(); }}>
      <span className={styles.who}>
        <strong title={source.source}>{name}</strong>
        <Tooltip title={t(`health.stateHint.${source.state}`)}><Tag color={STATE_COLOUR[source.state]} variant="filled">{t(`health.state.${source.state}`)}</Tag></Tooltip>
      </span>
      <span className={styles.cell}><small>{t("health.column.fresh")}</small><b>{ago(t, source.silent_secs)}</b></span>
      <span className={styles.cell}><small>{t("health.column.volume")}</small><b title={t("health.before", { count: source.day_before.accepted })}>{format.short(source.day.accepted)}</b></span>
      <span className={styles.cell}><small>{t("health.column.rejected")}</small><b className={source.alarms.some((alarm) => alarm.kind === "rejecting") ? styles.bad : ""}>{share(source.day.reject_rate)}</b></span>
      <Tooltip title={t("health.named")}><span className={styles.cell}><small>{t("health.column.named")}</small><b>{share(source.day.id_coverage)}</b></span></Tooltip>
      <Spark hours={source.hours} />
      <span className={styles.matter}>{source.alarms[0] ? <Matter alarm={source.alarms[0]} /> : t(`health.stateHint.${source.state}`)}</span>
    </li>
  );
}
