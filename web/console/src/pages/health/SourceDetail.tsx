import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SourceAlarm, SourceHealth } from "@/api/types";
import { useFormats } from "@/app/format";
import { Chart, chartBase } from "@/app/parts/Chart";
import { Panel } from "@/app/parts/PageLayout";
import { storeColour } from "@/app/theme/palette";
import { COLOURS } from "@/app/theme/tokens";
import { useThemeName } from "@/app/theme/useThemeName";
import { isAlarm, Matter } from "./Matter";
import { Shapes } from "./Shapes";
import styles from "./Health.module.css";

/** Where the facts behind an alarm are. */
export function behind(source: string, alarm: SourceAlarm): string {
  const params = new URLSearchParams({ source });
  if (alarm.kind === "rejecting") params.set("tab", "rejected");
  const event = alarm.names[0]?.split(".")[0];
  if (alarm.names.length === 1 && event) params.set("event", event);
  return `/settings/sources?${params.toString()}`;
}

/** Everything that is known of one source. */
export function SourceDetail({ source }: { source: SourceHealth }) {
  const { t } = useTranslation();
  const name = source.source_name ?? source.source;
  return (
    <>
      {source.alarms.length > 0 && (
        <ul className={styles.alarms} data-testid="health-alarms">
          {source.alarms.map((alarm) => (
            <li key={alarm.kind} data-urgent={alarm.urgent || undefined}>
              <strong><Matter alarm={alarm} whole /></strong>
              {isAlarm(alarm.kind) && <p>{t(`health.advice.${alarm.kind}`)}</p>}
              <Link to={behind(source.source, alarm)} data-testid="health-behind">{t(alarm.kind === "rejecting" ? "health.see.rejected" : "health.see.facts")}</Link>
            </li>
          ))}
        </ul>
      )}
      <Panel title={`${name} · ${t("health.curve.title")}`} extra={<Link to={`/settings/sources?${new URLSearchParams({ source: source.source }).toString()}`}>{t("health.see.facts")}</Link>}>
        <Curve source={source} />
        <p className={styles.quiet}>{t("health.curve.hint")}</p>
        <Gaps source={source} />
      </Panel>
      <Shapes source={source.source} />
    </>
  );
}

function Gaps({ source }: { source: SourceHealth }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (source.state === "learning") return null;
  return (
    <div className={styles.gaps} data-testid="health-gaps">
      <h3>{source.gaps.length > 0 ? t("health.gap.title") : t("health.gap.none")}</h3>
      {source.gaps.length > 0 && <ul>{source.gaps.map((gap) => <li key={gap.from}>{t("health.gap.line", { from: format.moment(gap.from), to: format.moment(gap.to), count: gap.missed })}</li>)}</ul>}
    </div>
  );
}

function Curve({ source }: { source: SourceHealth }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const option = useMemo(() => {
    const base = chartBase(theme);
    const bar = (name: string, data: number[], color: string) => ({ type: "bar", stack: "all", name, data, color, barCategoryGap: "10%" });
    return {
      textStyle: base.text, animation: false,
      grid: { left: 4, right: 4, top: 8, bottom: 0, containLabel: true },
      tooltip: { ...base.tooltip, trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { opacity: 0.08 } } },
      xAxis: { type: "category", data: source.hours.map(({ hour }) => format.moment(hour)), ...base.axis },
      yAxis: { type: "value", minInterval: 1, splitNumber: 3, ...base.axis },
      series: [
        bar(t("health.curve.accepted"), source.hours.map((hour) => hour.accepted), storeColour(theme, 0)),
        bar(t("health.curve.rejected"), source.hours.map((hour) => hour.rejected), COLOURS[theme].bad),
        {
          type: "line", step: "middle", symbol: "none", name: t("health.curve.quiet"), data: source.hours.map((hour) => hour.quiet_end ?? null),
          color: COLOURS[theme].textSecondary, lineStyle: { width: 1.5, type: "dashed" },
        },
      ],
    };
  }, [source, theme, format, t]);
  return <Chart option={option} height={190} label={t("health.curve.title")} />;
}
