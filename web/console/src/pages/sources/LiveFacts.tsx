import { PauseOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Alert, Button, Drawer, Table, Tag, Tooltip, Typography, type TableColumnsType } from "antd";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { KINDS, latestFacts, type Kind } from "@/api/sources";
import type { FactRow } from "@/api/types";
import { useFormats } from "@/app/format";
import { useChords } from "@/app/keyboard/useChords";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { Connect } from "./Connect";
import { FactFilter } from "./FactFilter";
import { factFilters } from "./filters";
import { useSourceNames } from "./useSourceNames";
import styles from "./SourcesPage.module.css";

const EVERY_MS = 2000;
const PAGE = 100;

const whoOf = (fact: FactRow): string => fact.user_id ?? fact.anonymous_id ?? "";

/** Facts as they arrive, asked for anew every two seconds: that passes every proxy, and a pause is simply not asking. */
export function LiveFacts() {
  const { t } = useTranslation();
  const format = useFormats();
  const names = useSourceNames();
  const [params] = useSearchParams();
  const filters = factFilters(params);
  const filtered = Object.keys(filters).length > 0;
  const [paused, setPaused] = useState(false);
  const [opened, setOpened] = useState<FactRow | null>(null);
  // A letter that no "g …" ends with, for this would be pressed too.
  useChords(useMemo(() => [{ keys: ["k"], run: () => setPaused((before) => !before) }], []));

  const live = useQuery({
    queryKey: ["facts", "live", filters], queryFn: () => latestFacts(filters, null, PAGE), staleTime: 0,
    refetchInterval: paused ? false : EVERY_MS, refetchOnWindowFocus: !paused,
  });
  const lowest = live.data?.next ?? null;
  const older = useInfiniteQuery({
    queryKey: ["facts", "older", filters], queryFn: ({ pageParam }) => latestFacts(filters, pageParam, PAGE), enabled: false,
    initialPageParam: lowest, getNextPageParam: (page) => page.next ?? null,
  });
  const looked = older.data?.pages ?? [];
  const goesOn = looked.length > 0 ? older.hasNextPage : lowest !== null;
  const more = (): void => {
    setPaused(true);
    void (looked.length > 0 ? older.fetchNextPage() : older.refetch());
  };
  const facts = useMemo(() => {
    const all = new Map([...(live.data?.items ?? []), ...looked.flatMap((page) => page.items)].map((fact) => [fact.offset, fact]));
    return [...all.values()].sort((a, b) => b.offset - a.offset);
  }, [live.data, looked]);
  // What was there when the page was opened is not new.
  const seen = useRef<number | null>(null);
  if (seen.current === null && live.data) seen.current = live.data.items[0]?.offset ?? 0;
  const first = seen.current ?? 0;

  const columns: TableColumnsType<FactRow> = [
    { title: t("sources.column.received"), dataIndex: "received_at", width: 150, render: (at: string) => <time dateTime={at} title={at}>{format.second(at)}</time> },
    {
      title: t("sources.column.event"), dataIndex: "event",
      render: (event: string, { type }) => <><strong className={styles.event}>{event}</strong>{type !== "track" && <Tag variant="filled">{(KINDS as readonly string[]).includes(type) ? t(`sources.kind.${type as Kind}`) : type}</Tag>}</>,
    },
    { title: t("sources.column.person"), key: "who", render: (_, fact) => <Typography.Text code>{whoOf(fact)}</Typography.Text> },
    { title: t("sources.column.source"), dataIndex: "source", render: (source: string) => <span title={source}>{names.get(source) ?? source}</span> },
    { title: t("sources.column.properties"), dataIndex: "properties", render: (properties: unknown) => <code className={styles.properties}>{JSON.stringify(properties)}</code> },
  ];
  const standing = live.error ? "lost" : paused ? "paused" : "on";
  const status = (
    <span className={styles.status} data-standing={standing} data-testid="live-status" role="status"><i />{t(`sources.live.${standing}`)}</span>
  );
  const toggle = (
    <Tooltip title={t("sources.live.hint")}>
      <Button size="small" icon={paused ? <PlayCircleOutlined /> : <PauseOutlined />} onClick={() => setPaused(!paused)} data-testid="live-pause">{t(paused ? "sources.live.resume" : "sources.live.pause")}</Button>
    </Tooltip>
  );
  const nothing = live.data !== undefined && facts.length === 0;
  return (
    <>
      <Panel flush title={<div className={styles.filters}><FactFilter /></div>} extra={<span className={styles.side}>{status}{toggle}</span>}>
        {live.error && !live.data ? <ProblemState error={live.error} onRetry={() => void live.refetch()} /> : null}
        {live.isPending && !live.error && <LoadingState />}
        {nothing && (filtered ? <EmptyState title={t("common.state.noMatch")} /> : <EmptyState title={t("sources.none.title")} detail={t("sources.none.detail")} />)}
        {facts.length > 0 && (
          <Table<FactRow> rowKey="offset" size="small" columns={columns} dataSource={facts} pagination={false} scroll={{ x: "max-content" }} data-testid="facts-table"
            rowClassName={(fact) => (fact.offset > first ? (styles.fresh ?? "") : "")}
            onRow={(fact) => ({
              tabIndex: 0, className: styles.row, "aria-label": t("sources.live.openRow", { event: fact.event }), onClick: () => setOpened(fact),
              onKeyDown: (key) => { if (key.key === "Enter") setOpened(fact); },
            })} />
        )}
        {goesOn && (
          <div className={styles.more}>
            {facts.length === 0 && <p>{t("sources.live.scanned")}</p>}
            <Button loading={older.isFetching} onClick={more} data-testid="facts-older">{t("sources.live.older")}</Button>
          </div>
        )}
        {older.error && <Alert type="error" showIcon title={t("sources.live.lost")} />}
      </Panel>
      {nothing && !filtered && <Connect />}
      <Drawer open={opened !== null} onClose={() => setOpened(null)} title={opened?.event ?? t("sources.live.json")} size={560} data-testid="fact-drawer">
        {opened && (
          <Typography.Paragraph copyable={{ text: JSON.stringify(opened, null, 2) }} style={{ margin: 0 }}>
            <pre className={styles.json} data-testid="fact-json">{JSON.stringify(opened, null, 2)}</pre>
          </Typography.Paragraph>
        )}
      </Drawer>
    </>
  );
}
