import { Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Cascade } from "@/api/types";
import { useFormats } from "@/app/format";
import { Chart, chartBase } from "@/app/parts/Chart";
import { Panel } from "@/app/parts/PageLayout";
import { storeColour, UNKNOWN_COLOUR, type ThemeName } from "@/app/theme/palette";
import { COLOURS } from "@/app/theme/tokens";
import { storesOf } from "@/network/model";

const TOP = 12;

export function TopStores({ cascade, theme, onOpen }: { cascade: Cascade; theme: ThemeName; onOpen: (root: string) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const top = useMemo(() => storesOf(cascade).slice(0, TOP), [cascade]);
  const option = useMemo(() => {
    const base = chartBase(theme);
    return {
      textStyle: base.text,
      animationDuration: 300,
      grid: { left: 4, right: 58, top: 4, bottom: 0, containLabel: true },
      tooltip: { ...base.tooltip, trigger: "item", formatter: ({ name, value }: { name: string; value: number }) => `${name}<br/><b>${format.count(value)}</b> ${t("common.unit.fans")}` },
      xAxis: { type: "value", ...base.axis, axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: { type: "category", inverse: true, data: top.map((store) => store.name), ...base.axis, axisLabel: { ...base.axis.axisLabel, color: base.text.color } },
      series: [{
        type: "bar",
        cursor: "pointer",
        barMaxWidth: 14,
        data: top.map((store) => ({
          value: store.root?.fans ?? 0,
          itemStyle: { color: store.colour === null ? UNKNOWN_COLOUR[theme] : storeColour(theme, store.colour), borderRadius: [0, 4, 4, 0] },
        })),
        label: { show: true, position: "right", color: COLOURS[theme].textSecondary, formatter: ({ value }: { value: number }) => format.count(value) },
      }],
    };
  }, [top, theme, format, t]);
  return (
    <Panel title={t("today.storesTop")} extra={<small style={{ color: "var(--text-faint)" }}>{t("today.storesAll", { count: cascade.roots.length })}</small>}>
      <Chart option={option} height={Math.max(120, top.length * 27)} label={t("today.storesTop")} onClick={(at) => top[at] && onOpen(top[at].person)} />
    </Panel>
  );
}

export function CircleChart({ cascade, theme, onOpen }: { cascade: Cascade; theme: ThemeName; onOpen: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const option = useMemo(() => {
    const base = chartBase(theme);
    const c = COLOURS[theme];
    const circles = cascade.circles.filter((each) => each.circle > 0);
    return {
      textStyle: base.text,
      animationDuration: 300,
      grid: { left: 4, right: 56, top: 4, bottom: 0, containLabel: true },
      tooltip: {
        ...base.tooltip,
        trigger: "axis",
        axisPointer: { type: "shadow", shadowStyle: { opacity: 0.08 } },
        formatter: (points: { name: string; dataIndex: number }[]) => {
          const circle = circles[points[0]?.dataIndex ?? 0];
          return circle ? `${points[0]?.name}<br/><b>${format.count(circle.people)}</b> ${t("common.unit.people")}<br/><b>${format.count(circle.fans)}</b> ${t("common.unit.fans")}` : "";
        },
      },
      xAxis: { type: "value", ...base.axis, axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: { type: "category", inverse: true, data: circles.map((each) => t("today.circle", { n: each.circle })), ...base.axis },
      series: [
        { type: "bar", stack: "people", barMaxWidth: 14, name: t("common.unit.fans"), color: c.accent, data: circles.map((each) => each.fans) },
        {
          type: "bar",
          stack: "people",
          barMaxWidth: 14,
          name: t("common.unit.visitors"),
          color: theme === "dark" ? "#4a4023" : "#F3DFB8",
          data: circles.map((each) => each.people - each.fans),
          label: { show: true, position: "right", color: c.textSecondary, formatter: ({ dataIndex }: { dataIndex: number }) => format.count(circles[dataIndex]?.people ?? 0) },
        },
      ],
    };
  }, [cascade, theme, format, t]);
  return (
    <Panel title={t("today.circles")} extra={<Button type="link" size="small" onClick={onOpen}>{t("today.kocsMore")}</Button>}>
      <Chart option={option} height={Math.max(120, cascade.depth_max * 27)} label={t("today.circles")} onClick={onOpen} />
    </Panel>
  );
}
