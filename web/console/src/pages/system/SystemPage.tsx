import { ApiOutlined, ReloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Table, Tag, type TableColumnsType } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { readSystem, type Finding, type SystemStatus } from "@/api/system";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { usePreferences } from "@/app/preferences";
import { bytes, span } from "./measures";
import styles from "./System.module.css";

const COLOUR: Record<Finding["verdict"], string> = { good: "success", warn: "warning", bad: "error" };

/** How the installation is, for the owner of a brand. */
export function SystemPage() {
  const { t } = useTranslation();
  const status = useQuery({ queryKey: ["system"], queryFn: readSystem, refetchInterval: 15_000 });
  const actions = (
    <>
      <Button icon={<ApiOutlined />} href="/docs" target="_blank" data-testid="system-docs">{t("system.docs")}</Button>
      <Button icon={<ReloadOutlined />} loading={status.isFetching} onClick={() => void status.refetch()}>{t("system.refresh")}</Button>
    </>
  );
  return (
    <PageLayout title={t("system.title")} lead={t("system.lead")} actions={actions}>
      {status.error && !status.data ? <Panel><ProblemState error={status.error} onRetry={() => void status.refetch()} /></Panel> : null}
      {status.isPending && <Panel><LoadingState /></Panel>}
      {status.data && <Status status={status.data} />}
    </PageLayout>
  );
}

function Status({ status }: { status: SystemStatus }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { stored, facts } = status;
  const running = span(Date.parse(status.at) - Date.parse(status.started_at));
  return (
    <>
      <Verdict findings={status.findings} />
      <div className={styles.stats}>
        <Stat label={t("system.stat.version")} value={status.version} hint={t("system.memory", { size: bytes(status.memory_bytes) })} />
        <Stat label={t("system.stat.uptime")} value={t(`system.duration.${running.unit}`, { ...running })} hint={t("system.since", { at: format.moment(status.started_at) })} />
        <Stat label={t("system.stat.waiting")} value={format.count(facts.waiting)} hint={status.ready ? t("system.caughtUp") : t("system.behind")} />
        <Stat label={t("system.stat.free")} value={bytes(stored.free_bytes)} hint={t("system.ofDisk", { size: bytes(stored.total_bytes) })} />
      </div>
      <div className={styles.halves}>
        <Panel title={t("system.stored.title")}>
          <Rows rows={[
            [t("system.stored.records"), stored.records_bytes == null ? t("system.stored.elsewhere", { engine: status.engine }) : bytes(stored.records_bytes)],
            [t("system.stored.log"), bytes(stored.log_bytes)],
            [t("system.stored.lake"), bytes(stored.lake_bytes)],
            [t("system.stored.live"), bytes(stored.live_bytes)],
          ]} />
        </Panel>
        <Panel title={t("system.facts.title")} extra={<small className={styles.faint}>{t("system.facts.lakeHint")}</small>}>
          <Rows rows={[
            [t("system.facts.accepted"), format.count(facts.accepted)],
            [t("system.facts.waiting"), format.count(facts.waiting)],
            [t("system.facts.inLake"), format.count(facts.in_lake)],
            [t("system.facts.lakeWaiting"), format.count(facts.lake_waiting)],
            [t("system.facts.lakeFiles"), format.count(facts.lake_files)],
          ]} />
        </Panel>
      </div>
      <Findings findings={status.findings} />
    </>
  );
}

function Verdict({ findings }: { findings: Finding[] }) {
  const { t } = useTranslation();
  const bad = findings.filter(({ verdict }) => verdict === "bad").length;
  const warn = findings.filter(({ verdict }) => verdict === "warn").length;
  const title = bad > 0 ? t("system.bad", { count: bad }) : warn > 0 ? t("system.look", { count: warn }) : t("system.well");
  return <Alert showIcon type={bad > 0 ? "error" : warn > 0 ? "warning" : "success"} title={title} description={t("system.detail")} data-testid="system-verdict" />;
}

function Findings({ findings }: { findings: Finding[] }) {
  const { t } = useTranslation();
  const language = usePreferences((state) => state.language);
  const columns: TableColumnsType<Finding> = [
    {
      key: "verdict", width: 90,
      render: (_, { verdict }) => <Tag variant="filled" color={COLOUR[verdict]}>{t(`system.findings.${verdict}`)}</Tag>,
    },
    { title: t("system.findings.column.check"), dataIndex: "check", width: 160, render: (check: string) => t(`system.check.${check}`, { defaultValue: check }) },
    {
      title: t("system.findings.column.found"), key: "found",
      render: (_, { found, advice }) => (
        <>
          {found[language]}
          {advice && <div className={styles.faint}>→ {advice[language]}</div>}
        </>
      ),
    },
  ];
  return (
    <Panel flush title={t("system.findings.title")}>
      <Table<Finding> rowKey={({ check, found }) => check + found.en} columns={columns} dataSource={findings} pagination={false} scroll={{ x: "max-content" }} data-testid="system-findings" />
    </Panel>
  );
}

function Stat({ label, value, hint }: { label: string; value: string; hint: string }) {
  return (
    <div className={styles.stat}>
      <span>{label}</span>
      <strong>{value}</strong>
      <small>{hint}</small>
    </div>
  );
}

function Rows({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className={styles.rows}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
