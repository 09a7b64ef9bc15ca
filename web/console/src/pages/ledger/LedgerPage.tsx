import { DownloadOutlined, PlusOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Input, Select, Space, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { accountsCsv, listAccounts, listLedgerUnits, type LedgerAccount } from "@/api/ledger";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl, useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { GivePoints } from "./GivePoints";
import { Reconcile } from "./Reconcile";
import { Transfers } from "./Transfers";
import { Owner, useLedgerWords } from "./words";

const PAGE = 50;

/** Who has what, and how it came about. */
export function LedgerPage() {
  const { t } = useTranslation();
  const may = useMay();
  const words = useLedgerWords();
  const patch = usePatchUrl();
  const [asked] = useUrlState("unit");
  const [owner, setOwner] = useUrlState("owner");
  const [giving, setGiving] = useState(false);
  const units = useQuery({ queryKey: ["ledger", "units"], queryFn: listLedgerUnits });
  const known = units.data?.items ?? [];
  const unit = asked ?? (known.includes("points") ? "points" : known[0]) ?? null;
  const list = useInfiniteQuery({
    queryKey: ["ledger", "accounts", unit, owner],
    queryFn: ({ pageParam }) => listAccounts(unit ?? "points", owner ?? "", pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
    enabled: unit !== null,
  });
  const accounts = list.data?.pages.flatMap((page) => page.items);
  const error = units.error ?? list.error;
  const commit = (event: { currentTarget: HTMLInputElement }) => setOwner(event.currentTarget.value.trim() || null);
  const give = may("give_points") && <Button type="primary" icon={<PlusOutlined />} onClick={() => setGiving(true)} data-testid="ledger-give">{t("ledger.points.action")}</Button>;
  const filters = (
    <Space wrap style={{ padding: "4px 0 8px", fontWeight: 400 }}>
      <Select style={{ minWidth: 180 }} aria-label={t("ledger.unit")} value={unit ?? undefined} onChange={(value: string) => patch({ unit: value, account: null })}
        options={known.map((value) => ({ value, label: words.unit(value) }))} data-testid="ledger-unit" />
      <Input allowClear key={owner ?? ""} style={{ width: 280 }} defaultValue={owner ?? ""} placeholder={t("ledger.search")} aria-label={t("ledger.search")} onPressEnter={commit} onBlur={commit} onClear={() => setOwner(null)} data-testid="ledger-owner" />
    </Space>
  );
  return (
    <PageLayout title={t("ledger.title")} lead={t("ledger.lead")}
      actions={<>{unit && <Button icon={<DownloadOutlined />} href={accountsCsv(unit, owner ?? "")} download data-testid="ledger-csv">{t("ledger.csv")}</Button>}{give}</>}>
      <Reconcile />
      <Panel flush title={known.length > 0 && filters}>
        {error && !accounts ? <ProblemState error={error} onRetry={() => void (units.error ? units.refetch() : list.refetch())} /> : null}
        {!error && (units.isPending || (unit !== null && list.isPending)) && <LoadingState />}
        {units.data && unit === null && <EmptyState title={t("ledger.empty.title")} detail={t("ledger.empty.detail")} action={give} />}
        {accounts?.length === 0 && <EmptyState title={t("ledger.noMatch")} action={<Button onClick={() => patch({ owner: null, unit: null })}>{t("ledger.clear")}</Button>} />}
        {accounts && accounts.length > 0 && <Accounts accounts={accounts} />}
        {list.hasNextPage && <div style={{ padding: 16, textAlign: "center" }}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="ledger-more">{t("ledger.more")}</Button></div>}
      </Panel>
      <Transfers />
      <GivePoints open={giving} onClose={() => setGiving(false)} />
    </PageLayout>
  );
}

function Accounts({ accounts }: { accounts: LedgerAccount[] }) {
  const { t } = useTranslation();
  const words = useLedgerWords();
  const patch = usePatchUrl();
  const number = (field: "balance" | "held" | "free" | "came" | "went") => ({
    title: t(`ledger.column.${field}`), dataIndex: field, align: "right" as const,
    render: (value: number, { unit }: LedgerAccount) => <span style={value < 0 ? { color: "var(--bad)" } : undefined}>{words.amount(unit, value)}</span>,
  });
  const columns: TableColumnsType<LedgerAccount> = [
    {
      title: t("ledger.column.owner"), dataIndex: "owner",
      render: (owner: string, { unit, kind }) => (
        <Button type="link" style={{ padding: 0, height: "auto" }} onClick={() => patch({ unit, account: `${kind}.${owner}` })} data-testid="ledger-account"><Owner owner={owner} /></Button>
      ),
    },
    { title: t("ledger.column.kind"), dataIndex: "kind", render: (kind: string) => words.kind(kind) },
    number("balance"), number("held"), number("free"), number("came"), number("went"),
  ];
  return <Table<LedgerAccount> rowKey={({ owner, kind }) => `${kind}.${owner}`} columns={columns} dataSource={accounts} pagination={false} scroll={{ x: "max-content" }} data-testid="ledger-accounts" />;
}
