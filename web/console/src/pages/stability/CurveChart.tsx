import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { StabilityView } from "@/api/stability";
import { useFormats } from "@/app/format";
import { Chart, chartBase } from "@/app/parts/Chart";
import { storeColour, type ThemeName } from "@/app/theme/palette";
import { COLOURS } from "@/app/theme/tokens";

/** What stays together when people leave: by ties, by reach, and by chance with its interval. */
export function CurveChart({ view, theme }: { view: StabilityView; theme: ThemeName }) {
  const { t } = useTranslation();
  const format = useFormats();
  const option = useMemo(() => {
    const base = chartBase(theme);
    const c = COLOURS[theme];
    const percent = (value: number): string => format.share(value, 1);
    const over = (read: (point: StabilityView["curve"][number]) => number) => view.curve.map((point) => [point.fraction, read(point)]);
    const line = { type: "line", symbolSize: 6, smooth: 0.1 };
    const hidden = { type: "line", stack: "interval", symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } };
    const random = t("stability.curve.random", { runs: view.runs });
    const named = [random, t("stability.curve.reach"), t("stability.curve.degree")];
    return {
      textStyle: base.text,
      animationDuration: 300,
      grid: { left: 8, right: 20, top: 34, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: c.textSecondary }, icon: "circle", itemWidth: 8, itemHeight: 8, data: named },
      tooltip: {
        ...base.tooltip,
        trigger: "axis",
        formatter: (points: { axisValue: number; dataIndex: number }[]) => {
          const point = view.curve[points[0]?.dataIndex ?? 0];
          if (!point) return "";
          const rows = [
            [t("stability.curve.random", { runs: view.runs }), `${percent(point.random)} (${percent(point.random_low)}–${percent(point.random_high)})`],
            [t("stability.curve.reach"), percent(point.by_reach)],
            [t("stability.curve.degree"), percent(point.by_degree)],
          ];
          return [t("stability.curve.left", { share: percent(point.fraction) }), ...rows.map(([name, value]) => `${name} <b>${value}</b>`)].join("<br/>");
        },
      },
      xAxis: { type: "value", min: 0, max: 0.3, ...base.axis, splitLine: { show: false }, axisLabel: { ...base.axis.axisLabel, formatter: percent } },
      yAxis: { type: "value", min: 0, max: 1, ...base.axis, axisLabel: { ...base.axis.axisLabel, formatter: percent } },
      series: [
        { ...hidden, data: over((point) => point.random_low) },
        { ...hidden, data: over((point) => point.random_high - point.random_low), areaStyle: { color: c.good, opacity: 0.16 } },
        { ...line, name: random, color: c.good, data: over((point) => point.random) },
        { ...line, name: t("stability.curve.reach"), color: storeColour(theme, 0), data: over((point) => point.by_reach) },
        { ...line, name: t("stability.curve.degree"), color: c.bad, data: over((point) => point.by_degree) },
      ],
    };
  }, [view, theme, format, t]);
  return <Chart option={option} height={320} label={t("stability.curve.title")} />;
}
