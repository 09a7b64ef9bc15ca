import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Select, Space } from "antd";
import { LineChart } from "echarts/charts";
import { use } from "echarts/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { compareCampaigns, compareCsv } from "@/api/explore";
import type { CampaignCompared } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { Chart, chartBase } from "@/app/parts/Chart";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { keys, useCampaigns } from "@/app/queries";
import { storeColour } from "@/app/theme/palette";
import { useThemeName } from "@/app/theme/useThemeName";
import styles from "./Explore.module.css";

use([LineChart]);

const MOST = 6;

/** Campaigns side by side: how many, how deep, how fast, and what came of it. */
export function Compare() {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  const [asked, setAsked] = useUrlState("campaigns");
  const largest = [...(campaigns.data ?? [])].sort((a, b) => b.people - a.people).slice(0, 2).map(({ id }) => id);
  const chosen = asked ? asked.split(",").slice(0, MOST) : largest;
  const told = useQuery({ queryKey: keys.compare(chosen), queryFn: () => compareCampaigns(chosen), enabled: chosen.length > 0 });
  const items = told.data?.items;
  return (
    <>
      <Space wrap className={styles.filters}>
        <Select mode="multiple" maxCount={MOST} style={{ minWidth: 420 }} value={chosen} onChange={(next: string[]) => setAsked(next.join(",") || null)} placeholder={t("explore.compare.choose")}
          aria-label={t("explore.compare.choose")} options={(campaigns.data ?? []).map(({ id, name }) => ({ value: id, label: name }))} data-testid="compare-campaigns" />
        <Button icon={<DownloadOutlined />} href={compareCsv(chosen)} disabled={chosen.length === 0} download>{t("explore.compare.csv")}</Button>
      </Space>
      {campaigns.data?.length === 0 && <EmptyState title={t("explore.compare.empty")} detail={t("explore.compare.emptyDetail")} />}
      {told.error && !items ? <ProblemState error={told.error} onRetry={() => void told.refetch()} /> : null}
      {told.isLoading && <LoadingState rows={8} />}
      {items && <Measures items={items} />}
      {items && <Curves items={items} />}
    </>
  );
}

function Measures({ items }: { items: readonly CampaignCompared[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const rows: [string, (item: CampaignCompared) => number, (item: CampaignCompared) => string][] = [
    [t("explore.compare.people"), (item) => item.people, (item) => format.count(item.people)],
    [t("explore.compare.fans"), (item) => item.fans, (item) => format.count(item.fans)],
    [t("explore.compare.keptOut"), (item) => item.kept_out, (item) => format.count(item.kept_out)],
    [t("explore.compare.fanRate"), (item) => item.fan_rate, (item) => format.share(item.fan_rate, 1)],
    [t("explore.compare.roots"), (item) => item.roots, (item) => format.count(item.roots)],
    [t("explore.compare.depth"), (item) => item.depth_max, (item) => format.count(item.depth_max)],
    [t("explore.compare.virality"), (item) => item.structural_virality, (item) => format.decimal(item.structural_virality, 2)],
    [t("explore.compare.half"), (item) => item.hours_to_half ?? 0, (item) => (item.hours_to_half == null ? NOTHING : t("explore.compare.halfHours", { value: format.decimal(item.hours_to_half, 1) }))],
    [t("explore.compare.orders"), (item) => item.orders, (item) => format.count(item.orders)],
    [t("explore.compare.paid"), (item) => item.paid_minor, (item) => format.money(item.paid_minor)],
    [t("explore.compare.rate"), (item) => item.orders_a_person, (item) => format.decimal(item.orders_a_person, 3)],
  ];
  return (
    <Panel flush>
      <table className={styles.measures} data-testid="compare-table">
        <thead>
          <tr>
            <th>{t("explore.compare.metric")}</th>
            {items.map((item, at) => <th key={item.campaign.id}><i style={{ background: storeColour(theme, at) }} />{item.campaign.name}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, number, words]) => {
            const most = Math.max(1e-9, ...items.map(number));
            return (
              <tr key={label}>
                <th>{label}</th>
                {items.map((item, at) => (
                  <td key={item.campaign.id}><b>{words(item)}</b><em style={{ width: `${(number(item) / most) * 100}%`, background: storeColour(theme, at) }} /></td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}

function Curves({ items }: { items: readonly CampaignCompared[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const curve = useMemo(() => {
    const base = chartBase(theme);
    const series = items.map((item, at) => ({
      type: "line", name: item.campaign.name, showSymbol: false, smooth: 0.2, color: storeColour(theme, at), areaStyle: { opacity: 0.08 }, lineStyle: { width: 2 },
      data: item.joined.map((people, step) => [step * item.step_hours, people / item.step_hours]),
    }));
    return {
      textStyle: base.text, animationDuration: 300, grid: { left: 4, right: 24, top: 12, bottom: 20, containLabel: true },
      tooltip: { ...base.tooltip, trigger: "axis", valueFormatter: (value: number) => format.decimal(value, 0) },
      xAxis: { type: "value", name: t("explore.compare.hour"), nameLocation: "middle", nameGap: 26, nameTextStyle: base.axis.axisLabel, ...base.axis, splitLine: { show: false } },
      yAxis: { type: "value", ...base.axis }, series,
    };
  }, [items, theme, format, t]);
  const circles = useMemo(() => {
    const base = chartBase(theme);
    const deepest = Math.max(1, ...items.map((item) => item.circles.length));
    return {
      textStyle: base.text, animationDuration: 300, grid: { left: 4, right: 24, top: 12, bottom: 4, containLabel: true },
      tooltip: { ...base.tooltip, trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { opacity: 0.08 } } },
      xAxis: { type: "category", data: Array.from({ length: deepest - 1 }, (_, at) => t("explore.circleN", { n: at + 1 })), ...base.axis },
      yAxis: { type: "value", ...base.axis },
      series: items.map((item, at) => ({ type: "bar", name: item.campaign.name, barMaxWidth: 18, color: storeColour(theme, at), data: item.circles.slice(1) })),
    };
  }, [items, theme, t]);
  return (
    <div className={styles.curves}>
      <Panel title={t("explore.compare.curve")}><Chart option={curve} height={260} label={t("explore.compare.curve")} /></Panel>
      <Panel title={t("explore.compare.circles")}><Chart option={circles} height={260} label={t("explore.compare.circles")} /></Panel>
    </div>
  );
}
