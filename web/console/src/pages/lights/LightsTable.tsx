import { DownloadOutlined, WarningOutlined } from "@ant-design/icons";
import { Button, Table, Tooltip, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { lightsCsv, type LightList, type LightRow, type LightsAsked } from "@/api/lights";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import type { Named } from "./named";
import styles from "./Lights.module.css";

/** Every light in numbers; its name opens it. */
export function LightsTable({ list, lights, asked, onOpen }: { list: LightList; lights: Named[]; asked: LightsAsked; onOpen: (light: string | null) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const most = Math.max(1, ...lights.flatMap(({ row }) => row.circles));
  const number = (title: string, key: string, read: (row: LightRow) => number) => ({
    title, key, align: "right" as const, sorter: (a: Named, b: Named) => read(a.row) - read(b.row), render: (_: unknown, { row }: Named) => format.count(read(row)),
  });
  const columns: TableColumnsType<Named> = [
    {
      title: t("lights.table.name"), key: "name", fixed: "left", sorter: (a, b) => a.name.localeCompare(b.name, "zh-CN"),
      render: (_, { row, name, colour }) => (
        <button type="button" className={styles.name} onClick={() => onOpen(row.light ?? null)} data-testid="light-open">
          <i style={{ background: colour }} />{name}
          {!row.complete && <Tooltip title={t("lights.table.incomplete")}><WarningOutlined /></Tooltip>}
        </button>
      ),
    },
    { ...number(t("lights.table.people"), "people", (row) => row.people), defaultSortOrder: "descend" },
    { title: t("lights.table.bands"), key: "bands", render: (_, { row, colour }) => <Bands row={row} colour={colour} /> },
    number(t("lights.table.fans"), "fans", (row) => row.fans),
    number(t("lights.table.visitors"), "visitors", (row) => row.visitors),
    { title: t("lights.table.circles"), key: "circles", render: (_, { row, colour }) => <Circles circles={row.circles} colour={colour} most={most} /> },
    number(t("lights.table.levels"), "levels", (row) => row.share_levels),
    number(t("lights.table.alone"), "alone", (row) => row.alone),
    number(t("lights.table.shared"), "shared", (row) => row.shared),
    ...(lights.some(({ row }) => row.shared_elsewhere > 0) ? [number(t("lights.table.elsewhere"), "elsewhere", (row) => row.shared_elsewhere)] : []),
    ...(lights.some(({ row }) => row.away > 0) ? [number(t("lights.table.away"), "away", (row) => row.away)] : []),
    number(t("lights.table.roots"), "roots", (row) => row.roots),
  ];
  return (
    <Panel flush title={t("lights.table.title")}
      extra={<Button size="small" icon={<DownloadOutlined />} href={lightsCsv(asked)} download data-testid="lights-csv">{t("lights.csv")}</Button>}>
      <Table<Named> rowKey={({ row }) => row.light ?? ""} size="small" columns={columns} dataSource={lights} pagination={lights.length > 50 ? { pageSize: 50 } : false} scroll={{ x: "max-content" }} data-testid="lights-table" />
      {list.others && <p className={styles.note}>{t("lights.table.others", { lights: list.others.lights, people: list.others.people })}</p>}
    </Panel>
  );
}

/** One bar, well lit people first. */
function Bands({ row, colour }: { row: LightRow; colour: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { well, weak, barely } = row.bands;
  const part = (people: number): string => `${(100 * people) / Math.max(1, row.people)}%`;
  return (
    <Tooltip title={<>{t("lights.band.well")} {format.count(well)}<br />{t("lights.band.weak")} {format.count(weak)}<br />{t("lights.band.barely")} {format.count(barely)}</>}>
      <span className={styles.bands} role="img" aria-label={`${format.count(well)} / ${format.count(weak)} / ${format.count(barely)}`}>
        <i style={{ width: part(well), background: colour }} />
        <i style={{ width: part(weak), background: colour, opacity: 0.55 }} />
        <i style={{ width: part(barely), background: colour, opacity: 0.25 }} />
      </span>
    </Tooltip>
  );
}

/** One bar per circle, on the same scale in every row. */
function Circles({ circles, colour, most }: { circles: number[]; colour: string; most: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <Tooltip title={circles.map((people, at) => <div key={at}>{t("lights.table.circle", { n: at + 1 })} {format.count(people)}</div>)}>
      <svg width={circles.length * 9} height="24" aria-hidden="true">
        {circles.map((people, at) => {
          const tall = people === 0 ? 0 : Math.max(1.5, Math.sqrt(people / most) * 23);
          return <rect key={at} x={at * 9} y={24 - tall} width="7" height={tall} rx="1.5" fill={colour} />;
        })}
      </svg>
    </Tooltip>
  );
}
