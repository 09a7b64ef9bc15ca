import { LineChart, ScatterChart } from "echarts/charts";
import { LegendComponent, MarkLineComponent } from "echarts/components";
import { use } from "echarts/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ForecastAnswer } from "@/api/studies";
import { useFormats } from "@/app/format";
import { Chart, chartBase } from "@/app/parts/Chart";
import { useThemeName } from "@/app/theme/useThemeName";
import { COLOURS } from "@/app/theme/tokens";

use([LineChart, ScatterChart, LegendComponent, MarkLineComponent]);

/** The middle of the runs over time, with the 50, 80 and 90% bands round it. */
export function BandChart({ answer, what, label }: { answer: ForecastAnswer; what: "people" | "fans"; label: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const option = useMemo(() => {
    const base = chartBase(theme);
    const colour = COLOURS[theme].accent;
    const bands = answer[what];
    const soFar = answer.so_far;
    const past = soFar ? (what === "people" ? soFar.people_by : soFar.fans_by) : [what === "people" ? answer.starts : 0];
    // Until now there is one course; from now on there are as many as there are levels.
    const points = (curve: readonly number[]) => [...past, ...curve];
    const whole = Math.max(answer.hours.at(-1) ?? 0, -(soFar?.hours[0] ?? 0)) > 72;
    const hours = [...(soFar?.hours ?? [0]), ...answer.hours].map((hour) => (whole ? t("studies.forecast.day", { day: format.decimal(hour / 24) }) : t("studies.forecast.hour", { hour: format.decimal(hour, 0) })));
    const now = (at: number) => ({ silent: true, symbol: "none", lineStyle: { color: COLOURS[theme].textFaint, type: "dashed" }, label: { formatter: t("studies.forecast.now"), color: COLOURS[theme].textSecondary }, data: [{ xAxis: at }] });
    const invisible = { lineStyle: { opacity: 0 }, symbol: "none", silent: true };
    const band = (low: readonly number[], high: readonly number[], share: number, opacity: number) => [
      { type: "line", stack: `band${share}`, data: points(low), ...invisible },
      { type: "line", stack: `band${share}`, data: points(high).map((top, at) => top - (points(low)[at] ?? 0)), ...invisible, areaStyle: { color: colour, opacity } },
    ];
    return {
      textStyle: base.text,
      animationDuration: 300,
      grid: { left: 4, right: 16, top: 12, bottom: 4, containLabel: true },
      tooltip: {
        ...base.tooltip, trigger: "axis",
        formatter: (over: { dataIndex: number }[]) => {
          const at = over[0]?.dataIndex ?? 0;
          const of = (curve: readonly number[]) => format.count(Math.round(points(curve)[at] ?? 0));
          return `${hours[at]}<br/>${t("studies.forecast.middle")} <b>${of(bands.p50)}</b>`
            + `<br/>${t("studies.forecast.band", { share: 50 })} ${of(bands.p25)} – ${of(bands.p75)}`
            + `<br/>${t("studies.forecast.band", { share: 80 })} ${of(bands.p10)} – ${of(bands.p90)}`
            + `<br/>${t("studies.forecast.band", { share: 90 })} ${of(bands.p5)} – ${of(bands.p95)}`;
        },
      },
      xAxis: { type: "category", boundaryGap: false, data: hours, ...base.axis, splitLine: { show: false } },
      yAxis: { type: "value", ...base.axis },
      series: [
        ...band(bands.p5, bands.p95, 90, 0.1), ...band(bands.p10, bands.p90, 80, 0.14), ...band(bands.p25, bands.p75, 50, 0.2),
        { type: "line", data: points(bands.p50), symbol: "none", lineStyle: { color: colour, width: 2 }, ...(soFar ? { markLine: now(past.length - 1) } : {}) },
      ],
    };
  }, [answer, what, theme, format, t]);
  return <Chart option={option} height={260} label={label} />;
}

/** What bands should hold against what they held; on the dashed line they are honest. */
export function ReliabilityChart({ checks }: { checks: ForecastAnswer["checks"] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const option = useMemo(() => {
    const base = chartBase(theme);
    const c = COLOURS[theme];
    const axis = (name: string) => ({
      type: "value", min: 0, max: 1, name, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: c.textSecondary },
      ...base.axis, axisLabel: { ...base.axis.axisLabel, formatter: (value: number) => format.share(value, 1) },
    });
    return {
      textStyle: base.text,
      grid: { left: 36, right: 16, top: 32, bottom: 32, containLabel: true },
      legend: { top: 0, textStyle: { color: c.textSecondary } },
      tooltip: { ...base.tooltip, trigger: "item", formatter: ({ seriesName, value }: { seriesName: string; value: number[] }) =>
        `${seriesName}<br/>${t("studies.forecast.nominal")} ${format.share(value[0] ?? 0, 1)}<br/>${t("studies.forecast.held")} <b>${format.share(value[1] ?? 0, 1)}</b>` },
      xAxis: axis(t("studies.forecast.nominal")),
      yAxis: axis(t("studies.forecast.held")),
      series: [
        { type: "line", data: [[0, 0], [1, 1]], symbol: "none", silent: true, lineStyle: { type: "dashed", color: c.textFaint } },
        ...checks.map((check, at) => ({
          type: "line", name: t(`studies.forecast.halt.${check.halt as "start"}`, { count: check.trees }), symbolSize: 10,
          itemStyle: { color: at === 0 ? c.accent : c.good }, lineStyle: { color: at === 0 ? c.accent : c.good },
          data: check.kept.map((kept) => [kept.share, kept.held]),
        })),
      ],
    };
  }, [checks, theme, format, t]);
  return <Chart option={option} height={280} label={t("studies.forecast.reliability")} />;
}
