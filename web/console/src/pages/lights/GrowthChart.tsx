import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/app/format";
import { Chart, chartBase } from "@/app/parts/Chart";
import type { ThemeName } from "@/app/theme/palette";
import { COLOURS } from "@/app/theme/tokens";

const HOUR_SECS = 3_600;
const DAY_SECS = 86_400;

export interface Curve {
  name: string;
  colour: string;
  growth: number[];
}

const summed = (growth: number[]): number[] => {
  let total = 0;
  return growth.map((each) => (total += each));
};

/** People who are lit by when they joined: the first curve's new people as bars, all curves added up as lines. */
export function GrowthChart({ points, stepSecs, curves, theme, height = 260 }: { points: string[]; stepSecs: number; curves: Curve[]; theme: ThemeName; height?: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const option = useMemo(() => {
    const base = chartBase(theme);
    const step = stepSecs === HOUR_SECS ? t("lights.growth.perHour") : stepSecs === DAY_SECS ? t("lights.growth.perDay") : t("lights.growth.perStep", { days: Math.round(stepSecs / DAY_SECS) });
    const when = (at: string): string => (stepSecs < DAY_SECS ? format.moment(at) : format.day(at));
    const [first] = curves;
    return {
      textStyle: base.text,
      animationDuration: 300,
      grid: { left: 8, right: 8, top: 30, bottom: 4, containLabel: true },
      legend: { type: "scroll", top: 0, left: 64, right: 0, textStyle: { color: COLOURS[theme].textSecondary }, icon: "circle", itemWidth: 8, itemHeight: 8, data: curves.map((curve) => curve.name) },
      tooltip: { ...base.tooltip, trigger: "axis", valueFormatter: (value: number) => format.count(value) },
      xAxis: { type: "category", data: points.map(when), ...base.axis, splitLine: { show: false } },
      yAxis: [
        { type: "value", name: t("lights.growth.total"), nameTextStyle: { color: COLOURS[theme].textFaint, align: "left" }, ...base.axis, axisLabel: { ...base.axis.axisLabel, formatter: (value: number) => format.short(value) } },
        { type: "value", ...base.axis, axisLabel: { show: false }, splitLine: { show: false } },
      ],
      series: [
        ...(first ? [{ type: "bar", yAxisIndex: 1, name: `${first.name} · ${t("lights.growth.added")} ${step}`, data: first.growth, color: first.colour, itemStyle: { opacity: 0.35 }, barMaxWidth: 14 }] : []),
        ...curves.map((curve) => ({ type: "line", name: curve.name, color: curve.colour, data: summed(curve.growth), showSymbol: curve.growth.length < 2, smooth: 0.15, lineStyle: { width: curve === first ? 2.5 : 1.5 } })),
      ],
    };
  }, [points, stepSecs, curves, theme, format, t]);
  return <Chart option={option} height={height} label={t("lights.growth.hint")} />;
}
