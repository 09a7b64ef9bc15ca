import { CopyOutlined, DownloadOutlined } from "@ant-design/icons";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Drawer, Grid, Segmented, Select, Table, Tag, type TableColumnsType } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { listUnits } from "@/api/organisation";
import { listReminderRules, listReminders, readReminder, remindersCsv, type Reminder } from "@/api/reminders";
import { nameOf } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl, useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { usePreferences } from "@/app/preferences";
import { keys } from "@/app/queries";
import { Answers, StateTag } from "./Answers";
import { isFiltered, reminderFilters, STATES } from "./filters";
import { reminderKeys } from "./keys";
import { ReminderCard, useCopyScript } from "./ReminderCard";
import styles from "./Reminders.module.css";

const PAGE = 50;
const AGAIN_MS = 30_000;

/** What is to be done: a table at a desk, cards on a phone; the same filters in the address. */
export function Due({ empty }: { empty: ReactNode }) {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const wide = Grid.useBreakpoint().lg ?? true;
  const filters = reminderFilters(params);
  const list = useInfiniteQuery({
    queryKey: reminderKeys.list(filters),
    queryFn: ({ pageParam }) => listReminders(filters, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  const reminders = list.data?.pages.flatMap((page) => page.items);
  const total = reminders && <span className={styles.total} aria-live="polite" data-testid="reminder-count">{t(list.hasNextPage ? "reminders.countedAtLeast" : "reminders.counted", { count: reminders.length })}</span>;
  const csv = <Button icon={<DownloadOutlined />} href={remindersCsv(filters)} download aria-label={t("reminders.csv")} data-testid="reminders-csv">{wide ? t("reminders.csv") : null}</Button>;
  const body = (
    <>
      {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending && <LoadingState />}
      {reminders?.length === 0 && (isFiltered(params)
        ? <EmptyState title={t("reminders.noMatch")} action={<Button onClick={() => patch({ state: null, who: null, rule: null, unit: null, person: null })} data-testid="reminders-clear">{t("reminders.clear")}</Button>} />
        : empty)}
      {reminders && reminders.length > 0 && (wide ? <Wide reminders={reminders} /> : <Cards reminders={reminders} />)}
      {list.hasNextPage && <div className={styles.more}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("reminders.more")}</Button></div>}
    </>
  );
  if (wide) return <Panel flush title={<Filters />} extra={<span className={styles.tools}>{total}{csv}</span>}>{body}<One reminders={reminders} /></Panel>;
  return (
    <>
      <div className={styles.phoneBar}><Filters /><span className={styles.tools}>{total}{csv}</span></div>
      {body}
    </>
  );
}

function Filters() {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const may = useMay();
  const [params] = useSearchParams();
  const rules = useQuery({ queryKey: reminderKeys.rules, queryFn: listReminderRules, enabled: may("manage_reminders") });
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits, enabled: may("read_organisation") });
  const person = params.get("person");
  return (
    <span className={styles.filters}>
      <Segmented value={params.get("who") === "mine" ? "mine" : "all"} onChange={(who) => patch({ who: who === "mine" ? who : null })} aria-label={t("reminders.who.label")}
        options={(["all", "mine"] as const).map((who) => ({ value: who, label: t(`reminders.who.${who}`) }))} data-testid="reminder-who" />
      <Select value={params.get("state") ?? "due"} onChange={(state: string) => patch({ state: state === "due" ? null : state })} aria-label={t("reminders.column.state")} popupMatchSelectWidth={false}
        options={[...STATES, "all" as const].map((state) => ({ value: state as string, label: state === "all" ? t("reminders.anyState") : t(`reminders.state.${state}`) }))} data-testid="reminder-filter-state" />
      {rules.data && rules.data.items.length > 0 && (
        <Select value={params.get("rule")} placeholder={t("reminders.anyRule")} allowClear onChange={(rule: string | null | undefined) => patch({ rule: rule ?? null })} aria-label={t("reminders.column.rule")} popupMatchSelectWidth={false}
          showSearch={{ optionFilterProp: "label" }} options={rules.data.items.map(({ id, name }) => ({ value: id, label: name }))} data-testid="reminder-filter-rule" />
      )}
      {units.data && units.data.length > 0 && (
        <Select value={params.get("unit")} placeholder={t("reminders.anyUnit")} allowClear onChange={(unit: string | null | undefined) => patch({ unit: unit ?? null })} aria-label={t("reminders.column.unit")} popupMatchSelectWidth={false}
          showSearch={{ optionFilterProp: "label" }} options={units.data.map(({ id, name }) => ({ value: id, label: name }))} />
      )}
      {person && <Tag closable onClose={() => patch({ person: null })} data-testid="reminder-filter-person">{t("reminders.ofPerson", { person })}</Tag>}
    </span>
  );
}

function Wide({ reminders }: { reminders: Reminder[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const [, open] = useUrlState("reminder");
  const copy = useCopyScript();
  const columns: TableColumnsType<Reminder> = [
    {
      key: "person", title: t("reminders.column.person"),
      render: (_, one) => (
        <span className={styles.who}>
          <Link to={`/people/${one.person}`} className={styles.name} data-testid="reminder-person">{nameOf(one)}</Link>
          <small>{[one.rule.name, one.order && t("reminders.order", { order: one.order })].filter(Boolean).join(" · ")}</small>
        </span>),
    },
    {
      key: "why", title: t("reminders.column.why"),
      render: (_, one) => <span className={styles.who}><span>{one.why[language]}</span><small className={styles.marks}><StateTag reminder={one} /></small></span>,
    },
    {
      key: "script", title: t("reminders.column.script"),
      render: (_, one) => (
        <span className={styles.script}>
          <Button size="small" type="text" icon={<CopyOutlined />} onClick={() => copy(one)} aria-label={t("reminders.copy")} title={t("reminders.copy")} data-testid="reminder-copy" />
          <button type="button" onClick={() => open(one.id)} title={t("common.action.open")} data-testid="reminder-open">{one.script}</button>
        </span>),
    },
    { key: "due", title: t("reminders.column.due"), render: (_, one) => format.moment(one.due_at) },
    { key: "whose", title: t("reminders.column.whose"), render: (_, one) => <span className={styles.who}><span>{one.staff?.name ?? t("reminders.nobody")}</span><small>{one.unit?.name ?? NOTHING}</small></span> },
    { key: "answer", title: "", align: "right", render: (_, one) => <Answers reminder={one} /> },
  ];
  return <Table<Reminder> rowKey="id" columns={columns} dataSource={reminders} pagination={false} scroll={{ x: "max-content" }} data-testid="reminder-table" />;
}

/** What has fallen due comes before what was put off. */
function Cards({ reminders }: { reminders: Reminder[] }) {
  const { t } = useTranslation();
  const now = Date.now();
  const later = reminders.filter((one) => one.state === "due" && Date.parse(one.due_at) > now);
  const first = reminders.filter((one) => !later.includes(one));
  return (
    <div className={styles.cards} data-testid="reminder-cards">
      {first.map((one) => <ReminderCard key={one.id} reminder={one} />)}
      {later.length > 0 && <h2>{t("reminders.later")}</h2>}
      {later.map((one) => <ReminderCard key={one.id} reminder={one} />)}
    </div>
  );
}

/** One reminder beside the list; its address can be handed on. */
function One({ reminders }: { reminders: Reminder[] | undefined }) {
  const { t } = useTranslation();
  const [opened, open] = useUrlState("reminder");
  const listed = reminders?.find(({ id }) => id === opened);
  const read = useQuery({ queryKey: reminderKeys.one(opened ?? ""), queryFn: () => readReminder(opened ?? ""), enabled: opened !== null && reminders !== undefined && !listed });
  const one = listed ?? read.data;
  return (
    <Drawer open={opened !== null} onClose={() => open(null)} size={440} title={t("reminders.one")} destroyOnHidden>
      {read.error && !one ? <ProblemState error={read.error} /> : null}
      {one ? <ReminderCard key={one.id} reminder={one} onAnswered={() => open(null)} /> : opened !== null && !read.error && <LoadingState rows={4} />}
    </Drawer>
  );
}
