import { DownloadOutlined } from "@ant-design/icons";
import { Button, Segmented, Table, Tag, Tooltip, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { darkCsv, listDark, type DarkReason, type DarkWater as Dark, type LightsAsked } from "@/api/lights";
import { nameOf } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { useLong } from "@/app/parts/longWork";
import { Panel } from "@/app/parts/PageLayout";
import { ProblemState } from "@/app/parts/states";
import styles from "./Lights.module.css";

type Row = Dark["items"][number];
const REASONS = ["cut_off", "too_far", "too_faint", "untied"] as const;
const SOURCES_MAX = 8;

/** Known people no light reaches: why, who, and where they came from. */
export function DarkWater({ asked }: { asked: LightsAsked }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [reason, setReason] = useState<DarkReason | null>(null);
  const dark = useLong<Dark>(["dark-water", asked, reason], () => listDark(asked, reason));
  const data = dark.data;
  const columns: TableColumnsType<Row> = [
    { title: t("lights.dark.person"), key: "person", render: (_, row) => <Link to={`/people/${row.person}`}>{nameOf(row)}</Link> },
    { title: t("lights.dark.why"), key: "reason", render: (_, row) => (
      <>
        <Tag variant="filled">{t(`lights.dark.reason.${row.reason}`)}</Tag>
        {row.elsewhere && <Tooltip title={t("lights.dark.elsewhere")}><Tag variant="filled" color="gold">{t("lights.dark.elsewhere")}</Tag></Tooltip>}
      </>) },
    { title: t("lights.dark.ties"), key: "ties", align: "right", render: (_, row) => format.count(row.ties) },
    { title: t("lights.dark.from"), key: "from", render: (_, row) => [row.campaign?.name, row.unit?.name ?? (row.campaign ? t("lights.dark.waiting") : null)].filter(Boolean).join(" · ") || NOTHING },
    { title: t("lights.dark.by"), key: "by", render: (_, row) => (row.by ? <Link to={`/people/${row.by.person}`}>{nameOf(row.by)}</Link> : NOTHING) },
    { title: t("lights.dark.since"), key: "since", render: (_, row) => format.moment(row.since) },
  ];
  const asked_for = reason && data ? data.reasons[reason] : (data?.total ?? 0);
  return (
    <Panel flush title={t("lights.dark.title")}
      extra={<Button size="small" icon={<DownloadOutlined />} href={darkCsv(asked, reason)} download data-testid="dark-csv">{t("lights.csv")}</Button>}>
      <div className={styles.darkHead}>
        <span className={styles.quiet}>{t("lights.dark.lead")}</span>
        <Segmented size="small" value={reason ?? "all"} onChange={(value) => setReason(value === "all" ? null : (value as DarkReason))} aria-label={t("lights.dark.why")}
          options={[{ value: "all", label: `${t("lights.dark.all")} ${format.count(data?.total ?? 0)}` },
            ...REASONS.map((each) => ({ value: each, label: `${t(`lights.dark.reason.${each}`)} ${format.count(data?.reasons[each] ?? 0)}` }))]} />
      </div>
      {dark.error ? <ProblemState error={dark.error} onRetry={dark.refetch} /> : null}
      {data && data.total === 0 && <p className={styles.quiet} data-testid="dark-none">{t("lights.dark.none")}</p>}
      {data && data.total > 0 && (
        <>
          <p className={styles.sources}>
            {t("lights.dark.sources")}
            {data.sources.slice(0, SOURCES_MAX).map((source, at) => (
              <Tag key={at} variant="filled">
                {[source.campaign?.name ?? t("lights.dark.untold"), source.unit?.name ?? (source.campaign ? t("lights.dark.waiting") : null)].filter(Boolean).join(" · ")} <b>{format.count(source.people)}</b>
              </Tag>
            ))}
          </p>
          <Table<Row> rowKey="person" size="small" columns={columns} dataSource={data.items} pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: "max-content" }} data-testid="dark-table" />
          {asked_for > data.items.length && <p className={styles.note}>{t("lights.dark.shown", { shown: data.items.length, total: asked_for })}</p>}
        </>
      )}
    </Panel>
  );
}
