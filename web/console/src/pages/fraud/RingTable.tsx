import { Button, Space, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Verdict } from "@/api/fraud";
import type { RingRow } from "@/api/types";
import { useFormats } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { isOf, KINDS, VERDICTS } from "./filters";
import styles from "./Fraud.module.css";

const HIGH = 80;
const REASONS = 2;
export const COLOUR_OF: Record<Verdict, string> = { open: "gold", held: "orange", confirmed: "red", cleared: "green" };

/** The verdicts one may go to from here. */
export const nextOf = (verdict: string): Verdict[] =>
  verdict === "open" ? ["held", "confirmed", "cleared"] : verdict === "held" ? ["confirmed", "cleared", "open"] : ["open"];

export function RingTable(props: {
  rings: RingRow[];
  chosen: string[];
  onChosen: (rings: string[]) => void;
  onOpen: (ring: string) => void;
  onDecide: (rings: string[], verdict: Verdict) => void;
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const columns: TableColumnsType<RingRow> = [
    { title: t("fraud.column.score"), dataIndex: "score", width: 76, render: (score: number) => <Score score={score} /> },
    {
      title: t("fraud.column.kind"), dataIndex: "kind", width: 110,
      render: (kind: string, { id }) => (
        <Button type="link" size="small" style={{ padding: 0 }} onClick={(event) => { event.stopPropagation(); props.onOpen(id); }} data-testid="ring-open">
          {isOf(KINDS, kind) ? t(`fraud.kind.${kind}`) : kind}
        </Button>
      ),
    },
    {
      title: t("fraud.column.people"), dataIndex: "size", width: 120,
      render: (size: number, { visible }) => <>{format.count(size)}{visible < size && <small> · {t("fraud.partly", { count: visible })}</small>}</>,
    },
    {
      title: t("fraud.column.reasons"), dataIndex: "reasons",
      render: (reasons: RingRow["reasons"]) => (
        <div className={styles.reasons}>
          {reasons.slice(0, REASONS).map((reason) => <span key={reason.sign}>{reason.words[language]}</span>)}
          {reasons.length > REASONS && <small>+{reasons.length - REASONS}</small>}
        </div>
      ),
    },
    { title: t("fraud.column.units"), dataIndex: "units", width: 180, render: (units: RingRow["units"]) => units.map(({ name }) => name).join("、") || "—" },
    { title: t("fraud.column.found"), dataIndex: "found_at", width: 130, render: (at: string) => <time dateTime={at} title={at}>{format.moment(at)}</time> },
    {
      title: t("fraud.column.verdict"), dataIndex: "verdict", width: 100,
      render: (verdict: string) => isOf(VERDICTS, verdict) && <Tag color={COLOUR_OF[verdict]}>{t(`fraud.verdict.${verdict}`)}</Tag>,
    },
  ];
  const chosen = props.chosen.filter((id) => props.rings.some((ring) => ring.id === id));
  const ways = [...new Set(props.rings.filter(({ id }) => chosen.includes(id)).flatMap(({ verdict }) => nextOf(verdict)))];
  return (
    <>
      {chosen.length > 0 && (
        <Space wrap style={{ padding: "10px 16px" }} data-testid="rings-bulk">
          <span>{t("fraud.selected", { count: chosen.length })}</span>
          {ways.map((verdict) => <Button key={verdict} size="small" danger={verdict === "confirmed"} onClick={() => props.onDecide(chosen, verdict)} data-testid={`rings-bulk-${verdict}`}>{t(`fraud.action.${verdict}`)}</Button>)}
        </Space>
      )}
      <Table<RingRow> rowKey="id" columns={columns} dataSource={props.rings} pagination={false} scroll={{ x: "max-content" }} data-testid="rings-table"
        rowClassName={styles.row} onRow={({ id }) => ({ onClick: () => props.onOpen(id) })}
        rowSelection={{ selectedRowKeys: chosen, onChange: (ids) => props.onChosen(ids.map(String)), columnTitle: (all) => all, getCheckboxProps: ({ id }) => ({ "aria-label": `${t("fraud.select")} ${id}` }) }} />
    </>
  );
}

export function Score({ score }: { score: number }) {
  return <span className={styles.score} data-high={score >= HIGH}>{score}</span>;
}
