import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { readVolume } from "@/api/sources";
import { useFormats } from "@/app/format";
import { Chart, chartBase } from "@/app/parts/Chart";
import { Panel } from "@/app/parts/PageLayout";
import { storeColour } from "@/app/theme/palette";
import { COLOURS } from "@/app/theme/tokens";
import { useThemeName } from "@/app/theme/useThemeName";
import { minutesOf } from "./volume";

const MINUTES = 60;
const EVERY_MS = 5000;

/** What arrives, minute by minute: a colour a source, and red what was not taken. */
export function VolumeChart() {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const volume = useQuery({ queryKey: ["facts", "volume", MINUTES], queryFn: () => readVolume(MINUTES), refetchInterval: EVERY_MS, staleTime: 0 });
  const sums = useMemo(() => minutesOf(volume.data ?? [], MINUTES, volume.dataUpdatedAt), [volume.data, volume.dataUpdatedAt]);
  const option = useMemo(() => {
    const base = chartBase(theme);
    const series = sums.sources.map(({ name, accepted }, at) => ({ type: "bar", stack: "all", name, data: accepted, color: storeColour(theme, at), barCategoryGap: "20%" }));
    return {
      textStyle: base.text, animation: false,
      grid: { left: 4, right: 4, top: 8, bottom: 0, containLabel: true },
      tooltip: { ...base.tooltip, trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { opacity: 0.08 } } },
      xAxis: { type: "category", data: sums.minutes.map((minute) => format.clock(minute)), ...base.axis },
      yAxis: { type: "value", minInterval: 1, splitNumber: 3, ...base.axis },
      series: [...series, { type: "bar", stack: "all", name: t("sources.volume.rejected"), data: sums.rejected, color: COLOURS[theme].bad }],
    };
  }, [sums, theme, format, t]);
  const total = (counts: number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const accepted = total(sums.sources.map((source) => total(source.accepted)));
  const rejected = total(sums.rejected);
  const extra = accepted + rejected === 0 ? t("sources.volume.none") : t("sources.volume.extra", { accepted, rejected });
  return (
    <Panel title={t("sources.volume.title")} extra={<small style={{ color: "var(--text-faint)" }} data-testid="volume-sum">{extra}</small>}>
      <Chart option={option} height={120} label={`${t("sources.volume.title")}: ${extra}`} />
    </Panel>
  );
}
