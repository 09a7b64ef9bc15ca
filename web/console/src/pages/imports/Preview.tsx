import { Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Import, ImportPreviewRow } from "@/api/types";
import { useFormats } from "@/app/format";
import { amountWords, outcomeOf } from "./words";
import styles from "./Imports.module.css";

const COLOUR = { new: "green", changed: "blue", same: "default", rejected: "red" } as const;

/** The first rows, and what each becomes. */
export function Preview({ one, rows }: { one: Import; rows: readonly ImportPreviewRow[] }) {
  const { t, i18n } = useTranslation();
  const format = useFormats();
  const outcome = (row: ImportPreviewRow) => {
    const found = outcomeOf(row);
    if (!found) return null;
    return <Tag variant="filled" color={COLOUR[found]}>{found === "new" ? t(`imports.verdict.new_${one.kind}`) : t(`imports.verdict.${found}`)}</Tag>;
  };
  const told = (row: ImportPreviewRow) => {
    if (row.reason) return <span className={styles.why}>{i18n.language === "zh" ? row.reason_zh : row.reason}</span>;
    if (!row.fact) return null;
    const said = row.fact.properties as Record<string, unknown>;
    const rest = Object.entries(said).filter(([name]) => one.kind === "people" || name !== "amount_minor");
    const money = amountWords((said["amount_minor"] as number | undefined) ?? 0, String(said["currency"] ?? ""), i18n.language);
    return (
      <>
        {one.kind === "people" ? t("imports.preview.person", { id: row.fact.user_id ?? "" }) : t("imports.preview.order", { id: row.fact.user_id ?? "", amount: money })}
        <div className={styles.faint}>{[format.second(row.fact.timestamp), ...rest.map(([name, value]) => `${name}: ${String(value)}`)].join(" · ")}</div>
      </>
    );
  };
  const columns: TableColumnsType<ImportPreviewRow> = [
    { title: t("imports.preview.line"), dataIndex: "line", align: "right", width: 64 },
    { title: "", key: "outcome", width: 120, render: (_, row) => outcome(row) },
    { title: t("imports.preview.becomes"), key: "becomes", width: 360, render: (_, row) => told(row) },
    ...one.columns.map((column, at) => ({ title: column, key: `cell-${at}`, render: (_: unknown, row: ImportPreviewRow) => row.cells[at] })),
  ];
  return <Table<ImportPreviewRow> rowKey="line" size="small" columns={columns} dataSource={[...rows]} pagination={false} scroll={{ x: "max-content" }} data-testid="preview-table" />;
}
