import { DownloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Drawer, Table, Typography, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { listTransfers, readChain, transfersCsv, type AccountKey, type LedgerSide, type LedgerTransfer } from "@/api/ledger";
import { useFormats } from "@/app/format";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { Owner, useLedgerWords } from "./words";

const PAGE = 50;

/** The account that the address names, as `kind.owner`. */
function keyOf(unit: string | null, account: string | null): AccountKey | null {
  const at = account?.indexOf(".") ?? -1;
  return unit && account && at > 0 ? { unit, kind: account.slice(0, at), owner: account.slice(at + 1) } : null;
}

/** Beside the accounts: the transfers of the one that was opened, newest first; each opens the chain it happened in. */
export function Transfers() {
  const { t } = useTranslation();
  const words = useLedgerWords();
  const [unit] = useUrlState("unit");
  const [account, setAccount] = useUrlState("account");
  const key = keyOf(unit, account);
  const list = useInfiniteQuery({
    queryKey: ["ledger", "transfers", key],
    queryFn: ({ pageParam }) => listTransfers(key as AccountKey, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
    enabled: key !== null,
  });
  const transfers = list.data?.pages.flatMap((page) => page.items);
  const title = key && <><Owner owner={key.owner} /> · {words.kind(key.kind)} · {words.unit(key.unit)}</>;
  return (
    <Drawer open={key !== null} onClose={() => setAccount(null)} title={title} size="large" styles={{ wrapper: { maxWidth: "100vw", width: 920 } }} data-testid="ledger-drawer"
      extra={key && <Button icon={<DownloadOutlined />} href={transfersCsv(key)} download data-testid="transfers-csv">{t("ledger.csv")}</Button>}>
      {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {key !== null && list.isPending && <LoadingState />}
      {transfers?.length === 0 && <EmptyState title={t("ledger.noMatch")} />}
      {transfers && transfers.length > 0 && <TransferTable transfers={transfers} expandable />}
      {list.hasNextPage && <div style={{ padding: 16, textAlign: "center" }}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("ledger.more")}</Button></div>}
    </Drawer>
  );
}

function TransferTable({ transfers, expandable = false }: { transfers: LedgerTransfer[]; expandable?: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const words = useLedgerWords();
  const side = ({ owner, kind }: LedgerSide) => <><Owner owner={owner} /> <small style={{ color: "var(--text-faint)" }}>{words.kind(kind)}</small></>;
  const columns: TableColumnsType<LedgerTransfer> = [
    { title: t("ledger.column.at"), dataIndex: "at", render: (at: string) => <time dateTime={at} title={at}>{format.second(at)}</time> },
    {
      title: t("ledger.column.op"), dataIndex: "op",
      render: (op: string, { ends_at }) => <>{words.op(op)}{ends_at && <div><small style={{ color: "var(--text-secondary)" }}>{t("ledger.until", { time: format.moment(ends_at) })}</small></div>}</>,
    },
    { title: t("ledger.column.amount"), dataIndex: "amount", align: "right", render: (amount: number, { unit }) => <strong>{words.amount(unit, amount)}</strong> },
    { title: t("ledger.column.from"), dataIndex: "from", render: side },
    { title: t("ledger.column.to"), dataIndex: "to", render: side },
    { title: t("ledger.column.code"), dataIndex: "code", render: (code: string) => <Typography.Text code>{code}</Typography.Text> },
    { title: t("ledger.column.reference"), dataIndex: "reference" },
  ];
  return (
    <Table<LedgerTransfer> rowKey={({ chain, step }) => `${chain}/${step}`} columns={columns} dataSource={transfers} pagination={false} size="small" scroll={{ x: "max-content" }} data-testid="ledger-transfers"
      {...(expandable ? { expandable: { expandedRowRender: ({ chain }: LedgerTransfer) => <Chain chain={chain} /> } } : {})} />
  );
}

/** All that happened together. */
function Chain({ chain }: { chain: string }) {
  const { t } = useTranslation();
  const whole = useQuery({ queryKey: ["ledger", "chain", chain], queryFn: () => readChain(chain) });
  if (whole.error) return <ProblemState error={whole.error} onRetry={() => void whole.refetch()} />;
  if (!whole.data) return <LoadingState rows={2} />;
  return <div data-testid="ledger-chain"><p>{t("ledger.chain")} <Typography.Text code copyable>{chain}</Typography.Text></p><TransferTable transfers={whole.data.items} /></div>;
}
