import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Table, Tag, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listDecisions, type DecisionRow } from "@/api/identity";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { keys } from "@/app/queries";
import { SideCell } from "./Conflicts";
import { Decide } from "./Decide";
import styles from "./Identity.module.css";

const WHATS = ["merge", "apart", "split"] as const;
const STATES = ["pending", "done", "taken_back"] as const;
const COLOUR = { pending: "processing", done: "green", taken_back: "default" } as const;

/** What was decided, by whom and why; each can be taken back. */
export function Decisions() {
  const { t } = useTranslation();
  const format = useFormats();
  const [back, setBack] = useState<DecisionRow | null>(null);
  const list = useInfiniteQuery({
    queryKey: keys.decisions,
    queryFn: ({ pageParam }) => listDecisions(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
  });
  const decisions = list.data?.pages.flatMap((page) => page.items);
  const columns: TableColumnsType<DecisionRow> = [
    { key: "what", title: t("identity.decision.column.what"), width: 110, render: (_, { what }) => <strong>{WHATS.filter((word) => word === what).map((word) => t(`identity.decision.what.${word}`))}</strong> },
    { key: "who", title: t("identity.decision.column.who"), render: (_, { one, other }) => <span className={styles.who}>{one && <SideCell side={one} />}{other && <SideCell side={other} />}</span> },
    {
      key: "reason", title: t("identity.decision.column.reason"),
      render: (_, { reason, taken_back }) => (
        <span className={styles.side}>
          <span>{reason}</span>
          {taken_back && <small>{t("identity.decision.takenBack", { who: taken_back.by_name ?? taken_back.by, at: format.moment(taken_back.at), reason: taken_back.reason })}</small>}
        </span>
      ),
    },
    { key: "by", title: t("identity.decision.column.by"), width: 120, render: (_, { by, by_name }) => by_name ?? by },
    { key: "at", title: t("identity.decision.column.at"), width: 130, render: (_, { at }) => <time dateTime={at}>{format.moment(at)}</time> },
    {
      key: "state", title: t("identity.decision.column.state"), width: 160,
      render: (_, decision) => (
        <span className={styles.state}>
          {STATES.filter((word) => word === decision.state).map((word) => <Tag key={word} color={COLOUR[word]} data-testid="decision-state">{t(`identity.decision.state.${word}`)}</Tag>)}
          {decision.state === "done" && <Button size="small" type="link" onClick={() => setBack(decision)} data-testid="decision-take-back">{t("identity.decision.takeBack")}</Button>}
        </span>
      ),
    },
  ];
  return (
    <Panel flush>
      {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending && <LoadingState />}
      {decisions?.length === 0 && <EmptyState title={t("identity.decision.empty")} detail={t("identity.decision.emptyDetail")} />}
      {decisions && decisions.length > 0 && <Table<DecisionRow> rowKey="id" columns={columns} dataSource={decisions} pagination={false} scroll={{ x: "max-content" }} data-testid="decision-table" />}
      {list.hasNextPage && (
        <div className={styles.more}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="decisions-more">{t("identity.more")}</Button>
        </div>
      )}
      <Decide asked={back && { kind: "takeBack", ways: [{ decide: { what: "take_back", decision: back.id } }] }} onClose={() => setBack(null)} />
    </Panel>
  );
}
