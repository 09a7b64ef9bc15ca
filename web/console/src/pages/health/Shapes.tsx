import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, Table, Tag, Tooltip, type TableColumnsType } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { listShapes, shapesCsv } from "@/api/health";
import type { ShapeRow } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import styles from "./Health.module.css";

const KINDS = ["text", "number", "bool", "list", "object"] as const;
const CHANGES = ["new", "gone", "other_kind"] as const;
const among = <Word extends string>(words: readonly Word[], word: string | null | undefined): word is Word => (words as readonly (string | null | undefined)[]).includes(word);
const COLOUR = { new: "blue", gone: "gold", other_kind: "red" } as const;

/** Which events and properties a source sends, and what changed in them. */
export function Shapes({ source }: { source: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [text, setText] = useState("");
  const [changed, setChanged] = useState(false);
  const shapes = useQuery({ queryKey: ["health", "shapes", source], queryFn: () => listShapes(source) });
  const rows = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return (shapes.data ?? []).filter((row) => (!changed || row.change != null) && `${row.event} ${row.property ?? ""}`.toLowerCase().includes(wanted));
  }, [shapes.data, text, changed]);
  const columns: TableColumnsType<ShapeRow> = [
    { title: t("health.shapes.event"), dataIndex: "event", render: (event: string, { property }) => (property == null ? <Link to={`/settings/sources?${new URLSearchParams({ source, event }).toString()}`}><strong>{event}</strong></Link> : <span className={styles.faint}>{event}</span>) },
    { title: t("health.shapes.property"), dataIndex: "property", render: (property: string | null) => property && <code>{property}</code> },
    { title: t("health.shapes.kind"), dataIndex: "kind", render: (kind: string | null) => (among(KINDS, kind) ? t(`health.shapes.kinds.${kind}`) : "") },
    { title: t("health.shapes.change"), dataIndex: "change", render: (change: string | null) => (among(CHANGES, change) ? <Tag color={COLOUR[change]} variant="filled">{t(`health.shapes.changes.${change}`)}</Tag> : "") },
    { title: t("health.shapes.first"), dataIndex: "first_at", render: (at: string) => format.moment(at) },
    { title: t("health.shapes.last"), dataIndex: "last_at", render: (at: string) => format.moment(at) },
    { title: <Tooltip title={t("health.shapes.timesHint")}>{t("health.shapes.times")}</Tooltip>, dataIndex: "times", align: "right", render: (times: number) => format.count(times) },
  ];
  return (
    <Panel flush title={t("health.shapes.title")} extra={<Button size="small" icon={<DownloadOutlined />} href={shapesCsv(source)} download data-testid="shapes-csv">{t("health.shapesCsv")}</Button>}>
      <div className={styles.find}>
        <Input allowClear value={text} onChange={(event) => setText(event.target.value)} placeholder={t("health.shapes.filter")} aria-label={t("health.shapes.filter")} data-testid="shapes-find" />
        <Checkbox checked={changed} onChange={(event) => setChanged(event.target.checked)} data-testid="shapes-changed">{t("health.shapes.changedOnly")}</Checkbox>
      </div>
      {shapes.error && !shapes.data ? <ProblemState error={shapes.error} onRetry={() => void shapes.refetch()} /> : null}
      {shapes.isPending && <LoadingState rows={5} />}
      {shapes.data && rows.length === 0 && <EmptyState title={shapes.data.length === 0 ? t("health.shapes.none") : t("common.state.noMatch")} />}
      {rows.length > 0 && (
        <Table<ShapeRow> rowKey={(row) => `${row.event} ${row.property ?? ""} ${row.kind ?? ""}`} size="small" columns={columns} dataSource={rows} scroll={{ x: "max-content" }} data-testid="shapes-table"
          pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} />
      )}
    </Panel>
  );
}
