import { Input, Select, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Import, ImportMapping, ImportPreviewRow } from "@/api/types";
import { useCampaigns } from "@/app/queries";
import { fieldsOf, fieldWord } from "./words";
import styles from "./Imports.module.css";

const ZONES = Array.from({ length: 27 }, (_, at) => at - 12).map((hours) => `${hours < 0 ? "-" : "+"}${String(Math.abs(hours)).padStart(2, "0")}:00`);
const SAMPLES = 3;

interface Props {
  one: Import;
  mapping: ImportMapping;
  rows: readonly ImportPreviewRow[];
  onChange: (mapping: ImportMapping) => void;
}

/** Which column is what: guessed by the server, changed here. */
export function MapColumns({ one, mapping, rows, onChange }: Props) {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  const orders = one.kind === "orders";
  const set = (at: number, word: string): void => onChange({ ...mapping, columns: mapping.columns.map((old, place) => (place === at ? word : old)) });
  const options = (column: string, word: string) => [
    { value: "", label: t("imports.map.skip") },
    ...fieldsOf(one.kind).map((field) => ({ value: field as string, label: t(`imports.field.${fieldWord(one.kind, field)}`) })),
    { value: word.startsWith("other:") ? word : `other:${column.slice(0, 20)}`, label: `${t(orders ? "imports.map.otherProperty" : "imports.map.otherTrait")} · ${column}` },
  ];
  const columns: TableColumnsType<{ column: string; at: number }> = [
    { title: t("imports.map.column"), dataIndex: "column", render: (column: string) => <b>{column}</b> },
    {
      title: t("imports.map.samples"), key: "samples",
      render: (_, { at }) => <div className={styles.samples}>{rows.map((row) => row.cells[at]).filter(Boolean).slice(0, SAMPLES).join("　")}</div>,
    },
    {
      title: t("imports.map.field"), key: "field", width: 280,
      render: (_, { column, at }) => (
        <Select style={{ width: 260 }} value={mapping.columns[at] ?? ""} options={options(column, mapping.columns[at] ?? "")}
          aria-label={`${column} ${t("imports.map.field")}`} onChange={(word: string) => set(at, word)} data-testid={`map-${at}`} />
      ),
    },
  ];
  return (
    <>
      <div className={styles.settings}>
        <label>{t("imports.map.zone")}<Select style={{ width: 110 }} value={mapping.zone} options={ZONES.map((value) => ({ value, label: value }))} onChange={(zone: string) => onChange({ ...mapping, zone })} /></label>
        {orders && <label>{t("imports.map.currency")}<Input style={{ width: 80 }} maxLength={3} value={mapping.currency} onChange={(event) => onChange({ ...mapping, currency: event.target.value.toUpperCase() })} /></label>}
        {orders && (
          <label>
            {t("imports.map.campaign")}
            <Select style={{ width: 220 }} allowClear placeholder={t("imports.map.noCampaign")} value={mapping.campaign ?? undefined}
              options={campaigns.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []} onChange={(campaign?: string) => onChange({ ...mapping, campaign: campaign ?? null })} />
          </label>
        )}
      </div>
      <Table size="small" rowKey="at" columns={columns} dataSource={one.columns.map((column, at) => ({ column, at }))} pagination={false} scroll={{ x: "max-content", y: 420 }} data-testid="map-table" />
    </>
  );
}
