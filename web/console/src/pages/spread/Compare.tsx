import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { contentKeys, funnelsCsv, listFunnels, type FunnelBy, type LinkFunnel } from "@/api/content";
import { NOTHING, useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { Funnel } from "./Funnel";
import styles from "./Spread.module.css";

const WAYS: readonly FunnelBy[] = ["kind", "channel", "unit", "staff"];

/** Of a hundred who scan, how many arrive and how many act: a live code's extra step beside a fixed code, and the same by channel, store and staff. */
export function Compare() {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const by = WAYS.find((each) => each === params.get("by")) ?? "kind";
  const campaign = params.get("campaign");
  const found = useQuery({ queryKey: contentKeys.funnels(by, campaign), queryFn: () => listFunnels(by, campaign) });
  const funnels = found.data?.items.filter(({ counts }) => counts.scanned > 0 || by === "kind");
  return (
    <Panel flush={by !== "kind"} title={t("spread.compare.title")}
      extra={<span className={styles.filters}>
        <Segmented<FunnelBy> size="small" value={by} options={WAYS.map((value) => ({ value, label: t(`spread.compare.by.${value}`) }))} onChange={(value) => patch({ by: value === "kind" ? null : value })} data-testid="funnel-by" />
        <Button size="small" type="text" icon={<DownloadOutlined />} href={funnelsCsv(by, campaign)} download aria-label={t("spread.csv")} />
      </span>}>
      {found.error && !found.data ? <ProblemState error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isPending && <LoadingState rows={2} />}
      {funnels && (by === "kind" ? <Kinds funnels={funnels} /> : <Groups funnels={funnels} by={by} />)}
    </Panel>
  );
}

function Kinds({ funnels }: { funnels: LinkFunnel[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const of = (kind: "live" | "fixed"): LinkFunnel | undefined => funnels.find(({ key }) => key === kind);
  const share = (funnel: LinkFunnel | undefined, step: "opened" | "acted"): number | null => (funnel && funnel.counts.scanned > 0 ? funnel.counts[step] / funnel.counts.scanned : null);
  const [live, fixed] = [of("live"), of("fixed")];
  const [lived, fixedly] = [share(live, "opened"), share(fixed, "opened")];
  return (
    <div className={styles.compare} data-testid="compare">
      {([["fixed", fixed], ["live", live]] as const).map(([kind, funnel]) => (
        <section key={kind}>
          <h3>{t(`spread.kind.${kind}`)}<small>{t("spread.compare.codes", { count: funnel?.links ?? 0 })}</small></h3>
          {funnel && funnel.counts.scanned > 0 ? <Funnel counts={funnel.counts} code /> : <p className={styles.note}>{t("spread.compare.none")}</p>}
          <p className={styles.faint}>{t(`spread.compare.steps.${kind}`)}</p>
        </section>
      ))}
      <p className={styles.verdict}>
        {lived === null || fixedly === null
          ? t("spread.compare.notYet")
          : t(lived < fixedly ? "spread.compare.costs" : "spread.compare.costsNothing", { points: format.decimal(Math.abs(fixedly - lived) * 100), live: format.share(lived, 1), fixed: format.share(fixedly, 1) })}
      </p>
    </div>
  );
}

function Groups({ funnels, by }: { funnels: LinkFunnel[]; by: FunnelBy }) {
  const { t } = useTranslation();
  const format = useFormats();
  const name = (funnel: LinkFunnel): string => funnel.name ?? (funnel.key && by === "channel" ? t(`spread.channel.${funnel.key as "moments"}`, { defaultValue: funnel.key }) : funnel.key) ?? NOTHING;
  const columns: TableColumnsType<LinkFunnel> = [
    { title: t(`spread.compare.by.${by}`), key: "name", render: (_, funnel) => name(funnel) },
    { title: t("spread.compare.count"), dataIndex: "links", align: "right", render: (count: number) => format.count(count) },
    { title: t("spread.column.funnel"), key: "funnel", width: 320, render: (_, funnel) => <Funnel counts={funnel.counts} code /> },
  ];
  return <Table<LinkFunnel> rowKey={({ key }) => key ?? ""} columns={columns} dataSource={funnels} scroll={{ x: "max-content" }} pagination={funnels.length > 10 ? { pageSize: 10 } : false} locale={{ emptyText: t("spread.compare.none") }} data-testid="funnel-table" />;
}
