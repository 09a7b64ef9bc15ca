import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Progress, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { listRejects } from "@/api/imports";
import type { Import, ImportReject } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import styles from "./Imports.module.css";
import { isWorking } from "./words";

/** How far the work is, and that one may leave. */
export function Working({ one }: { one: Import }) {
  const { t } = useTranslation();
  if (one.state !== "checking" && one.state !== "running" && one.state !== "undoing") return null;
  return (
    <div className={styles.work} role="status" data-testid="import-working">
      <Progress type="circle" size={72} percent={Math.round((one.progress ?? 0) * 100)} strokeColor="var(--accent)" />
      <div><h3>{t(`imports.work.${one.state}`)}</h3><p className={styles.faint}>{t("imports.work.leave")}</p></div>
    </div>
  );
}

/** What became of the rows, or would. */
export function Counts({ one: { kind, counts, state } }: { one: Import }) {
  const { t } = useTranslation();
  const format = useFormats();
  const shown = [
    ["rows", counts.rows, t("imports.count.rows")],
    ["new", counts.new, t(`imports.count.new_${kind}`)],
    ...(kind === "people" ? [["changed", counts.changed, t("imports.count.changed")] as const] : []),
    ["same", counts.same, t("imports.count.same")],
    ["rejected", counts.rejected, t("imports.count.rejected")],
    ...(state === "undoing" || state === "undone" ? [["taken_back", counts.taken_back, t("imports.count.taken_back")] as const] : []),
  ] as const;
  return (
    <div className={styles.counts} data-testid="import-counts">
      {shown.map(([key, count, word]) => <div key={key} className={styles.count} data-testid={`count-${key}`}><b>{format.count(count)}</b><span>{word}</span></div>)}
    </div>
  );
}

/** The rows that are not imported, with their reasons. */
export function Rejects({ one }: { one: Import }) {
  const { t, i18n } = useTranslation();
  const rejects = useQuery({ queryKey: ["imports", one.id, "rejects", one.state], queryFn: () => listRejects(one.id), enabled: one.counts.rejected > 0 && !isWorking(one.state) });
  if (one.counts.rejected === 0 || !rejects.data || rejects.data.length === 0) return null;
  const columns: TableColumnsType<ImportReject> = [
    { title: t("imports.preview.line"), dataIndex: "line", align: "right", width: 64 },
    { title: t("imports.rejects.reason"), key: "reason", width: 320, render: (_, row) => <span className={styles.why}>{i18n.language === "zh" ? row.reason_zh : row.reason}</span> },
    ...one.columns.map((column, at) => ({ title: column, key: `cell-${at}`, render: (_: unknown, row: ImportReject) => row.cells[at] })),
  ];
  return (
    <Panel flush title={t("imports.rejects.title")} extra={<Button size="small" icon={<DownloadOutlined />} href={`/api/v1/imports/${one.id}/rejects?format=csv`} download data-testid="rejects-csv">{t("imports.rejects.csv")}</Button>}>
      <p className={styles.faint} style={{ padding: "0 16px" }}>{t("imports.rejects.more")}</p>
      <Table<ImportReject> rowKey="line" size="small" columns={columns} dataSource={rejects.data} pagination={false} scroll={{ x: "max-content", y: 320 }} data-testid="rejects-table" />
    </Panel>
  );
}
