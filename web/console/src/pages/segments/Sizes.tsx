import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { listSizes, sizesCsv, type SegmentDay } from "@/api/audience";
import { useFormats } from "@/app/format";
import { Chart, chartBase } from "@/app/parts/Chart";
import { Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useSession } from "@/app/queries";
import { COLOURS } from "@/app/theme/tokens";
import { useThemeName } from "@/app/theme/useThemeName";
import { audienceKeys } from "../audience/keys";
import styles from "./Segments.module.css";

const SPANS = [7, 30, 90] as const;

/** How many belonged on each day, with who came above the line and who went below it. */
export function Sizes({ segment }: { segment: string }) {
  const { t } = useTranslation();
  const [days, setDays] = useState<number>(30);
  const sizes = useQuery({ queryKey: audienceKeys.sizes(segment, days), queryFn: () => listSizes(segment, days) });
  const items = sizes.data?.items;
  const scope = useSession().data?.scope.kind;
  const isScoped = scope !== undefined && scope !== "all" && items?.length === 0;
  return (
    <Panel title={t("segments.sizes.title")}
      extra={
        <span className={styles.tools}>
          <Segmented size="small" value={days} onChange={setDays} options={SPANS.map((each) => ({ value: each as number, label: t("segments.sizes.days", { count: each }) }))} />
          <Button size="small" icon={<DownloadOutlined />} href={sizesCsv(segment, days)} download aria-label={t("segments.csv")} data-testid="sizes-csv" />
        </span>
      }>
      {isScoped && <p className={styles.quiet}>{t("segments.sizes.scoped")}</p>}
      {sizes.error && !items ? <ProblemState error={sizes.error} onRetry={() => void sizes.refetch()} /> : null}
      {sizes.isPending && <LoadingState rows={5} />}
      {items?.length === 0 && !isScoped && <p className={styles.quiet}>{t("segments.sizes.none")}</p>}
      {items && items.length > 0 && <SizeChart items={items} />}
    </Panel>
  );
}

/** A calendar day is a day wherever it is read: no time zone moves it. */
const noon = (day: string): number => new Date(`${day}T12:00:00`).getTime();

function SizeChart({ items }: { items: SegmentDay[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const option = useMemo(() => {
    const base = chartBase(theme);
    const colours = COLOURS[theme];
    const words = { size: t("segments.sizes.size"), entered: t("segments.sizes.entered"), left: t("segments.sizes.left") };
    const moved = Math.max(1, ...items.map(({ entered, left }) => Math.max(entered, left)));
    return {
      textStyle: base.text,
      animationDuration: 300,
      grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: colours.textSecondary }, icon: "circle", itemWidth: 8, itemHeight: 8 },
      tooltip: { ...base.tooltip, trigger: "axis", valueFormatter: (value: number) => format.count(Math.abs(value)) },
      xAxis: { type: "category", data: items.map(({ day }) => format.day(noon(day))), ...base.axis, splitLine: { show: false } },
      yAxis: [
        { type: "value", scale: true, min: ({ min, max }: { min: number; max: number }) => Math.max(0, Math.floor(min - (max - min) * 0.6)), ...base.axis, axisLabel: { ...base.axis.axisLabel, formatter: (value: number) => format.short(value) } },
        // Who came and went stays in the lower third, beside a line that may be a thousand times as high.
        { type: "value", min: -moved * 1.2, max: moved * 4, ...base.axis, axisLabel: { show: false }, splitLine: { show: false } },
      ],
      series: [
        { type: "bar", yAxisIndex: 1, name: words.entered, stack: "moved", data: items.map(({ entered }) => entered), color: colours.good, itemStyle: { opacity: 0.65, borderRadius: [2, 2, 0, 0] }, barMaxWidth: 12 },
        { type: "bar", yAxisIndex: 1, name: words.left, stack: "moved", data: items.map(({ left }) => -left), color: colours.bad, itemStyle: { opacity: 0.65, borderRadius: [0, 0, 2, 2] }, barMaxWidth: 12 },
        { type: "line", name: words.size, data: items.map(({ size }) => size), color: colours.accent, showSymbol: items.length < 3, smooth: 0.15, lineStyle: { width: 2.5 } },
      ],
    };
  }, [items, theme, format, t]);
  return <Chart option={option} height={240} label={t("segments.sizes.title")} />;
}
