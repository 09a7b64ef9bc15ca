import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Select, Space, Table, Tag, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { listConflicts, type ConflictRow, type ConflictState, type Side } from "@/api/identity";
import { nameOf } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { keys } from "@/app/queries";
import { Decide, ofConflict } from "./Decide";
import styles from "./Identity.module.css";

const STATES = ["open", "decided", "gone", "all"] as const;
const REASONS = ["two_logins", "limit"] as const;
type Reason = (typeof REASONS)[number];
const RESULTS = ["merged", "apart", "moved", "gone", "open"] as const;
const COLOUR: Record<string, string> = { open: "gold", merged: "blue", apart: "green", moved: "purple", gone: "default" };

const isReason = (word: string): word is Reason => REASONS.some((reason) => reason === word);
const isResult = (word: string): word is (typeof RESULTS)[number] => RESULTS.some((result) => result === word);

export const stateOf = (params: URLSearchParams): ConflictState => STATES.find((state) => state === params.get("state")) ?? "open";
export const reasonOf = (params: URLSearchParams): string | null => REASONS.find((reason) => reason === params.get("reason")) ?? null;

/** What waits for a decision, and what waited. */
export function Conflicts() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const [, setState] = useUrlState("state");
  const [, setReason] = useUrlState("reason");
  const [deciding, setDeciding] = useState<ConflictRow | null>(null);
  const [state, reason] = [stateOf(params), reasonOf(params)];
  const list = useInfiniteQuery({
    queryKey: keys.conflicts(state, reason),
    queryFn: ({ pageParam }) => listConflicts(state, reason, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
  });
  const counts = list.data?.pages[0]?.counts;
  const conflicts = list.data?.pages.flatMap((page) => page.items);
  const label = (of: ConflictState): string => {
    const count = of === "all" ? undefined : counts?.[of];
    return count === undefined ? t(`identity.conflict.state.${of}`) : `${t(`identity.conflict.state.${of}`)} ${count}`;
  };
  const filter = (
    <Space wrap style={{ fontWeight: 400, padding: "4px 0 8px" }}>
      <Select style={{ width: 150 }} value={state} onChange={(next: ConflictState) => setState(next === "open" ? null : next)} data-testid="conflict-state"
        options={STATES.map((value) => ({ value, label: label(value) }))} />
      <Select allowClear style={{ width: 170 }} placeholder={t("identity.conflict.reasonAll")} value={reason} onChange={(next?: string) => setReason(next ?? null)} data-testid="conflict-reason"
        options={REASONS.map((value) => ({ value, label: t(`identity.conflict.reason.${value}`) }))} />
    </Space>
  );
  return (
    <Panel flush title={filter}>
      {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending && <LoadingState />}
      {conflicts?.length === 0 && (state === "open" && !reason
        ? <EmptyState title={t("identity.conflict.empty")} detail={t("identity.conflict.emptyDetail")} />
        : <EmptyState title={t("identity.conflict.none")} />)}
      {conflicts && conflicts.length > 0 && <ConflictTable conflicts={conflicts} onDecide={setDeciding} />}
      {list.hasNextPage && (
        <div className={styles.more}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="conflicts-more">{t("identity.more")}</Button>
        </div>
      )}
      <Decide asked={deciding && ofConflict(deciding)} onClose={() => setDeciding(null)} />
    </Panel>
  );
}

function ConflictTable({ conflicts, onDecide }: { conflicts: ConflictRow[]; onDecide: (conflict: ConflictRow) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const columns: TableColumnsType<ConflictRow> = [
    { key: "one", title: t("identity.conflict.column.one"), render: (_, { one }) => <SideCell side={one} /> },
    { key: "other", title: t("identity.conflict.column.other"), render: (_, { other }) => <SideCell side={other} /> },
    {
      key: "reason", title: t("identity.conflict.column.reason"),
      render: (_, { reason, offset }) => (
        <span className={styles.side}>
          <strong>{isReason(reason) ? t(`identity.conflict.reason.${reason}`) : reason}</strong>
          <small>{isReason(reason) && t(`identity.conflict.why.${reason}`)}</small>
          <small>{t("identity.conflict.fact", { offset })}</small>
        </span>
      ),
    },
    { key: "found", title: t("identity.conflict.column.found"), width: 130, render: (_, { found_at }) => <time dateTime={found_at}>{format.moment(found_at)}</time> },
    {
      key: "state", title: t("identity.conflict.column.state"), width: 130,
      render: (_, conflict) => conflict.is_pending
        ? <Tag color="processing">{t("identity.conflict.pending")}</Tag>
        : conflict.state === "open"
          ? <Button size="small" type="primary" onClick={() => onDecide(conflict)} data-testid="conflict-decide">{t("identity.conflict.decide")}</Button>
          : <Tag color={COLOUR[conflict.state] ?? "default"} data-testid="conflict-result">{isResult(conflict.state) ? t(`identity.conflict.result.${conflict.state}`) : conflict.state}</Tag>,
    },
  ];
  return <Table<ConflictRow> rowKey="id" columns={columns} dataSource={conflicts} pagination={false} scroll={{ x: "max-content" }} data-testid="conflict-table" />;
}

/** An id, and whose it is. */
export function SideCell({ side }: { side: Side }) {
  const { t } = useTranslation();
  return (
    <span className={styles.side}>
      <Link to={`/people/${side.person}`}>{nameOf(side)}</Link>
      <small>{side.namespace} · <code>{side.value}</code></small>
      <small>{[side.phone_masked, t("identity.conflict.ids", { count: side.ids })].filter(Boolean).join(" · ")}</small>
    </span>
  );
}
