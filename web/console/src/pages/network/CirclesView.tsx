import { DownloadOutlined } from "@ant-design/icons";
import { Button, Table, Tooltip, type TableColumnsType } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { cascadeCsv } from "@/api/network";
import type { Cascade, CascadeRoot, Circle } from "@/api/types";
import { useFormats } from "@/app/format";
import { Chart, chartBase } from "@/app/parts/Chart";
import { Panel } from "@/app/parts/PageLayout";
import { storeColour, UNKNOWN_COLOUR, type ThemeName } from "@/app/theme/palette";
import { storesOf, type Store } from "@/network/model";
import styles from "./CirclesView.module.css";

interface Row extends Store {
  root: CascadeRoot;
}

/** The cascade in numbers: people per circle stacked by store, and each store's part. */
export function CirclesView({ cascade, theme, onFocus }: { cascade: Cascade; theme: ThemeName; onFocus: (person: string) => void }) {
  const { t } = useTranslation();
  const rows = useMemo(() => storesOf(cascade).filter((store): store is Row => store.root !== null), [cascade]);
  const colourOf = (store: Store): string => (store.colour === null ? UNKNOWN_COLOUR[theme] : storeColour(theme, store.colour));

  return (
    <div className={styles.view} data-testid="circles-view">
      <Panel title={t("network.circles.chart")}>
        <CirclesChart cascade={cascade} rows={rows} theme={theme} colourOf={colourOf} />
      </Panel>
      <Panel
        flush
        title={t("network.circles.table")}
        extra={
          <Button size="small" icon={<DownloadOutlined />} href={cascadeCsv(cascade.campaign.id)} download data-testid="cascade-csv">
            {t("network.circles.csv")}
          </Button>
        }
      >
        <StoreTable cascade={cascade} rows={rows} colourOf={colourOf} onFocus={onFocus} />
      </Panel>
      <Anomalies cascade={cascade} />
    </div>
  );
}

function CirclesChart(props: { cascade: Cascade; rows: Row[]; theme: ThemeName; colourOf: (store: Store) => string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { cascade, rows, theme, colourOf } = props;
  const option = useMemo(() => {
    const base = chartBase(theme);
    const circles = Array.from({ length: cascade.depth_max }, (_, at) => at + 1);
    const inCircle = (list: Circle[], n: number): number => list.find((each) => each.circle === n)?.people ?? 0;
    return {
      textStyle: base.text,
      animationDuration: 300,
      grid: { left: 8, right: 16, top: 28, bottom: 4, containLabel: true },
      tooltip: {
        ...base.tooltip,
        trigger: "item",
        formatter: ({ seriesName, name, value, color }: { seriesName: string; name: string; value: number; color: string }) =>
          `<span style="display:inline-block;width:8px;height:8px;border-radius:50%;background:${color};margin-right:6px"></span>${seriesName} · ${name}<br/><b>${format.count(value)}</b> ${t("common.unit.people")}`,
      },
      xAxis: { type: "category", data: circles.map((n) => t("network.circles.circle", { n })), ...base.axis, splitLine: { show: false } },
      yAxis: { type: "value", ...base.axis, axisLabel: { ...base.axis.axisLabel, formatter: (value: number) => format.short(value) } },
      series: rows.map((store, at) => ({
        type: "bar",
        stack: "circle",
        name: store.name,
        barMaxWidth: 54,
        color: colourOf(store),
        itemStyle: { borderColor: "transparent" },
        emphasis: { focus: "series" },
        data: circles.map((n) => inCircle(store.root.circles, n)),
        ...(at === rows.length - 1 && {
          label: {
            show: true,
            position: "top",
            color: base.text.color,
            formatter: ({ dataIndex }: { dataIndex: number }) => format.count(inCircle(cascade.circles, dataIndex + 1)),
          },
        }),
      })),
    };
    // `colourOf` follows the theme.
  }, [cascade, rows, theme, format, t]);
  return <Chart option={option} height={320} label={t("network.circles.chart")} />;
}

function StoreTable(props: { cascade: Cascade; rows: Row[]; colourOf: (store: Store) => string; onFocus: (person: string) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { cascade, rows, colourOf } = props;
  const most = Math.max(1, ...rows.flatMap((row) => row.root.circles.filter((each) => each.circle > 0).map((each) => each.people)));
  const number = (title: string, key: string, read: (root: CascadeRoot) => number, show: (value: number) => string) => ({
    title, key, align: "right" as const, sorter: (a: Row, b: Row) => read(a.root) - read(b.root), render: (_: unknown, row: Row) => show(read(row.root)),
  });
  const columns: TableColumnsType<Row> = [
    {
      title: t("network.circles.store"), key: "name", fixed: "left", sorter: (a, b) => a.name.localeCompare(b.name, "zh-CN"),
      render: (_, row) => (
        <button type="button" className={styles.store} onClick={() => props.onFocus(row.person)}>
          <i style={{ background: colourOf(row) }} />{row.name}
        </button>
      ),
    },
    number(t("network.circles.people"), "people", (root) => root.people, format.count),
    { ...number(t("network.circles.fans"), "fans", (root) => root.fans, format.count), defaultSortOrder: "descend" },
    number(t("network.circles.visitors"), "visitors", (root) => root.visitors, format.count),
    number(t("network.circles.depth"), "depth", (root) => root.depth, format.count),
    number(t("network.circles.levels"), "levels", (root) => root.share_levels, format.count),
    { title: t("today.circles"), key: "circles", render: (_, row) => <CircleBars circles={row.root.circles} colour={colourOf(row)} most={most} depth={cascade.depth_max} /> },
    number(t("network.circles.virality"), "virality", (root) => root.structural_virality, (value) => format.decimal(value, 2)),
    number(t("network.circles.orders"), "orders", (root) => root.orders, format.count),
    number(t("network.circles.paid"), "paid", (root) => root.paid_minor, format.money),
  ];
  const sum = (read: (root: CascadeRoot) => number): number => rows.reduce((total, row) => total + read(row.root), 0);
  const totals = [
    t("network.circles.total"), format.count(cascade.people), format.count(cascade.fans), format.count(cascade.visitors), format.count(cascade.depth_max),
    format.count(cascade.share_levels_max), "", format.decimal(cascade.structural_virality, 2), format.count(sum((root) => root.orders)), format.money(sum((root) => root.paid_minor)),
  ];
  return (
    <>
      <Table<Row> rowKey="person" size="small" columns={columns} dataSource={rows} pagination={rows.length > 100 ? { pageSize: 100 } : false} scroll={{ x: "max-content" }}
        summary={() => (
          <Table.Summary.Row className={styles.total}>
            {totals.map((value, at) => <Table.Summary.Cell key={at} index={at} align={at === 0 || at === 6 ? "left" : "right"}>{value}</Table.Summary.Cell>)}
          </Table.Summary.Row>
        )}
      />
      {cascade.unknown_root.people > 0 && <p className={styles.note}>{t("network.circles.unknown", { count: cascade.unknown_root.people })}</p>}
    </>
  );
}

/** One bar per circle, on the same scale in every row. */
function CircleBars({ circles, colour, most, depth }: { circles: Circle[]; colour: string; most: number; depth: number }) {
  const format = useFormats();
  const { t } = useTranslation();
  const bars = Array.from({ length: depth }, (_, at) => circles.find((each) => each.circle === at + 1)?.people ?? 0);
  return (
    <Tooltip title={bars.map((people, at) => <div key={at}>{t("network.circles.circle", { n: at + 1 })}　{format.count(people)}</div>)}>
      <svg width={depth * 9} height="24" aria-hidden="true">
        {bars.map((people, at) => {
          const tall = people === 0 ? 0 : Math.max(1.5, Math.sqrt(people / most) * 23);
          return <rect key={at} x={at * 9} y={24 - tall} width="7" height={tall} rx="1.5" fill={colour} />;
        })}
      </svg>
    </Tooltip>
  );
}

function Anomalies({ cascade }: { cascade: Cascade }) {
  const { t } = useTranslation();
  const format = useFormats();
  const kinds = ["repeats", "self_shares", "unknown_parents", "early_children", "cycles"] as const;
  return (
    <Panel title={t("network.circles.anomalies")}>
      <p className={styles.lead}>{t("network.circles.anomaliesLead")}</p>
      <div className={styles.anomalies}>
        {kinds.map((kind) => (
          <div key={kind}>
            <strong>{format.count(cascade.anomalies[kind])}</strong>
            <small>{t(`network.circles.anomaly.${kind}`)}</small>
          </div>
        ))}
      </div>
    </Panel>
  );
}
