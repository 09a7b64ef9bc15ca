import { DownloadOutlined } from "@ant-design/icons";
import { Button, Checkbox, Table, Tooltip, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  bridgesCsv, cutPersonsCsv, listBridges, listCutPersons, listStabilityUnits, unitsCsv,
  type BridgeList, type CutList, type CutRow, type StabilityUnits, type UnitRow,
} from "@/api/stability";
import { NOTHING, useFormats } from "@/app/format";
import { useLong, type Long } from "@/app/parts/longWork";
import { Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { Who } from "./parts";
import styles from "./Stability.module.css";

const SMALL = { size: "small", pagination: { pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }, scroll: { x: "max-content" } } as const;

function Waiting<Answer>({ long }: { long: Long<Answer> }) {
  if (long.error) return <ProblemState error={long.error} onRetry={long.refetch} />;
  return long.data ? null : <LoadingState rows={4} />;
}

function Export({ href, testId }: { href: string; testId: string }) {
  const { t } = useTranslation();
  return <Button size="small" icon={<DownloadOutlined />} href={href} download data-testid={testId}>{t("stability.csv")}</Button>;
}

/** People without whom others are cut off, and where those are at home. */
export function CutPersons({ unit, onLeave }: { unit: string | null; onLeave: (person: string) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [withoutRoots, setWithoutRoots] = useState(true);
  const cuts = useLong<CutList>(["stability-persons", unit, withoutRoots], () => listCutPersons(unit, withoutRoots));
  const most = Math.max(1, cuts.data?.items[0]?.hanging ?? 1);
  const columns: TableColumnsType<CutRow> = [
    { title: t("stability.persons.person"), key: "person", render: (_, row) => <Who who={row} /> },
    { title: t("stability.persons.hanging"), key: "hanging", render: (_, row) => <span className={styles.bar}><b>{format.count(row.hanging)}</b><i style={{ width: `${(90 * row.hanging) / most}px` }} /></span> },
    { title: t("stability.persons.parts"), key: "parts", align: "right", render: (_, row) => format.count(row.parts) },
    { title: t("stability.persons.ties"), key: "ties", align: "right", render: (_, row) => format.count(row.ties) },
    { title: t("stability.persons.where"), key: "units", render: (_, row) => {
      const told = row.units.map((each) => `${each.unit?.name ?? t("stability.persons.elsewhere")} ${format.count(each.people)}`);
      return <Tooltip title={told.join(" · ")}><span className={styles.where}>{told.slice(0, 2).join(" · ") || NOTHING}</span></Tooltip>;
    } },
    { title: "", key: "leave", render: (_, row) => <Button size="small" type="link" onClick={() => onLeave(row.person)} data-testid="cut-leave">{t("stability.persons.leave")}</Button> },
  ];
  return (
    <Panel flush title={t("stability.persons.title")} extra={<Export href={cutPersonsCsv(unit, withoutRoots)} testId="cut-csv" />}>
      <div className={styles.listHead}>
        <span>{t("stability.persons.lead")}</span>
        <Checkbox checked={withoutRoots} onChange={(event) => setWithoutRoots(event.target.checked)}>{t("stability.persons.withoutRoots")}</Checkbox>
      </div>
      <Waiting long={cuts} />
      {cuts.data && cuts.data.items.length === 0 && <p className={styles.quiet}>{t("stability.persons.none")}</p>}
      {cuts.data && cuts.data.items.length > 0 && <Table<CutRow> rowKey="person" {...SMALL} columns={columns} dataSource={cuts.data.items} data-testid="cut-table" />}
    </Panel>
  );
}

type BridgeRow = BridgeList["items"][number];

/** Ties that alone hold two sides together. */
export function Bridges({ unit }: { unit: string | null }) {
  const { t } = useTranslation();
  const format = useFormats();
  const bridges = useLong<BridgeList>(["stability-bridges", unit], () => listBridges(unit));
  const columns: TableColumnsType<BridgeRow> = [
    { title: t("stability.bridges.near"), key: "near", render: (_, row) => <Who who={row.near} /> },
    { title: t("stability.bridges.far"), key: "far", render: (_, row) => <Who who={row.far} /> },
    { title: t("stability.bridges.hanging"), key: "hanging", align: "right", render: (_, row) => format.count(row.hanging) },
  ];
  return (
    <Panel flush title={t("stability.bridges.title")} extra={<Export href={bridgesCsv(unit)} testId="bridges-csv" />}>
      <div className={styles.listHead}><span>{t("stability.bridges.lead")}</span></div>
      <Waiting long={bridges} />
      {bridges.data && bridges.data.items.length === 0 && <p className={styles.quiet}>{t("stability.bridges.none")}</p>}
      {bridges.data && bridges.data.items.length > 0 && <Table<BridgeRow> rowKey="rank" {...SMALL} columns={columns} dataSource={bridges.data.items} data-testid="bridges-table" />}
    </Panel>
  );
}

/** Each store on its own; its name narrows the page to it. */
export function Units({ onOpen }: { onOpen: (unit: string) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const units = useLong<StabilityUnits>(["stability-units"], listStabilityUnits);
  const columns: TableColumnsType<UnitRow> = [
    { title: t("stability.units.unit"), key: "unit", render: (_, row) => <button type="button" className={styles.name} onClick={() => row.unit && onOpen(row.unit.id)}>{row.unit?.name}</button> },
    { title: t("stability.units.people"), key: "people", align: "right", sorter: (a, b) => a.people - b.people, render: (_, row) => format.count(row.people) },
    { title: t("stability.units.giant"), key: "giant", align: "right", sorter: (a, b) => a.giant_share - b.giant_share, render: (_, row) => format.share(row.giant_share, 1) },
    { title: t("stability.units.left"), key: "left", align: "right", sorter: (a, b) => a.left - b.left, render: (_, row) => <span className={row.left < 0.1 ? styles.weak : ""}>{format.share(row.left, 1)}</span> },
    { title: t("stability.units.molloy"), key: "molloy", align: "right", sorter: (a, b) => (a.molloy_reed ?? 0) - (b.molloy_reed ?? 0), render: (_, row) => (row.molloy_reed == null ? NOTHING : format.decimal(row.molloy_reed, 1)) },
    { title: t("stability.units.cut"), key: "cut", align: "right", sorter: (a, b) => a.cut_persons - b.cut_persons, render: (_, row) => format.count(row.cut_persons) },
    { title: t("stability.units.most"), key: "most", render: (_, row) => (row.most ? <Who who={row.most} /> : NOTHING) },
    { title: t("stability.units.hanging"), key: "hanging", align: "right", sorter: (a, b) => a.hanging - b.hanging, render: (_, row) => format.count(row.hanging) },
  ];
  return (
    <Panel flush title={t("stability.units.title")} extra={<Export href={unitsCsv()} testId="units-csv" />}>
      <Waiting long={units} />
      {units.data && <Table<UnitRow> rowKey={(row) => row.unit?.id ?? ""} {...SMALL} columns={columns} dataSource={units.data.items} data-testid="units-table" />}
    </Panel>
  );
}
