import { SendOutlined, SettingOutlined } from "@ant-design/icons";
import { Button, Checkbox, Popover, Table, Tooltip, type TableColumnsType } from "antd";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { nameOf, type BoardRow, type KocBoard } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { Chips, ScoreBar, Spark, Trend } from "./marks";
import styles from "./Kocs.module.css";

const COLUMNS = ["score", "trend", "reasons", "days", "invites", "fans", "reach", "store", "circle", "campaigns", "city", "joined"] as const;

interface Props {
  board: KocBoard;
  rows: BoardRow[];
  days: number;
  stale: boolean;
  chosen: string[];
  onChoose: (persons: string[]) => void;
  onOpen: (row: BoardRow) => void;
  colourOf: (row: BoardRow) => string;
}

/** Everybody on the board; a line opens why, the name leads to the person. */
export function BoardTable({ board, rows, days, stale, chosen, onChoose, onOpen, colourOf }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const hidden = usePreferences((state) => state.boardHidden);
  const most = Math.max(0.001, ...rows.map((row) => row.terms.reduce((sum, term) => sum + Math.max(0, term.points), 0)));
  const all: TableColumnsType<BoardRow> = [
    { key: "score", title: t("kocs.column.score"), width: 190, render: (_, row) => <ScoreBar row={row} board={board} most={most} /> },
    { key: "trend", title: t("kocs.column.trend"), width: 90, render: (_, row) => <Trend row={row} days={days} /> },
    { key: "reasons", title: t("kocs.column.reasons"), render: (_, row) => <Chips terms={row.terms} /> },
    { key: "days", title: t("kocs.column.days"), width: 110, render: (_, row) => <Spark days={row.invites_by_day} label={t("kocs.column.days")} /> },
    { key: "invites", title: t("kocs.column.invites"), align: "right", render: (_, row) => format.count(row.direct_invites) },
    { key: "fans", title: t("kocs.column.fans"), align: "right", render: (_, row) => format.count(row.fans_brought) },
    { key: "reach", title: t("kocs.column.reach"), align: "right", render: (_, row) => format.count(row.reach) },
    { key: "store", title: t("kocs.column.store"), render: (_, row) => row.unit ? <span className={styles.store}><i style={{ background: colourOf(row) }} />{row.unit.name}</span> : NOTHING },
    { key: "circle", title: t("kocs.column.circle"), render: (_, row) => t("kocs.filter.circleN", { n: row.circle }) },
    { key: "campaigns", title: t("kocs.column.campaigns"), align: "right", render: (_, row) => format.count(row.campaigns) },
    { key: "city", title: t("kocs.column.city"), render: (_, row) => row.city ?? NOTHING },
    { key: "joined", title: t("kocs.column.joined"), render: (_, row) => format.moment(row.joined_at) },
  ];
  const columns: TableColumnsType<BoardRow> = [
    { key: "rank", title: "#", width: 64, align: "right", render: (_, row) => <span className={styles.rank} data-koc={row.is_koc}>{format.count(row.rank)}</span> },
    { key: "person", title: <span className={styles.head}>{t("kocs.column.person")}<ColumnChoice /></span>, render: (_, row) => (
      <span className={styles.person}>
        <Link to={`/people/${row.person}`} data-board-link="" onKeyDown={onArrows} onClick={(event) => event.stopPropagation()} data-testid="board-name">{nameOf(row)}</Link>
        {row.is_fan && <small>{t("network.person.fan")}</small>}
      </span>) },
    ...all.filter((column) => !hidden.includes(String(column.key))),
    { key: "reach-task", title: "", width: 84, fixed: "right", render: (_, row) => (
      <Link to={`/reach?to=${row.person}`} onClick={(event) => event.stopPropagation()}><Button size="small" type="text" icon={<SendOutlined />} data-testid="board-reach">{t("kocs.reach")}</Button></Link>) },
  ];
  return (
    <Table<BoardRow> rowKey="person" size="small" columns={columns} dataSource={rows} pagination={false} scroll={{ x: "max-content" }} className={stale ? styles.stale : ""}
      rowSelection={{ selectedRowKeys: chosen, onChange: (keys) => onChoose(keys.map(String)), preserveSelectedRowKeys: true, columnWidth: 40 }}
      onRow={(row) => ({ onClick: () => onOpen(row), className: styles.row })} data-testid="board-table" />
  );
}

function onArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const links = [...document.querySelectorAll<HTMLElement>("[data-board-link]")];
  links[links.indexOf(event.currentTarget) + step]?.focus();
}

function ColumnChoice() {
  const { t } = useTranslation();
  const hidden = usePreferences((state) => state.boardHidden);
  const setHidden = usePreferences((state) => state.setBoardHidden);
  const choice = (
    <Checkbox.Group className={styles.choice} value={COLUMNS.filter((name) => !hidden.includes(name))}
      onChange={(next) => setHidden(COLUMNS.filter((name) => !next.includes(name)))} options={COLUMNS.map((name) => ({ value: name, label: t(`kocs.column.${name}`) }))} />
  );
  return (
    <Popover trigger="click" placement="bottomLeft" content={choice}>
      <Tooltip title={t("kocs.columns")}>
        <Button type="text" size="small" icon={<SettingOutlined />} aria-label={t("kocs.columns")} data-testid="board-columns" onClick={(event) => event.stopPropagation()} />
      </Tooltip>
    </Popover>
  );
}
