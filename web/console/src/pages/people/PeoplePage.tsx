import { DownloadOutlined, SearchOutlined } from "@ant-design/icons";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input, type InputRef } from "antd";
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { findPeople, peopleCsv } from "@/api/people";
import { isComposing } from "@/app/keyboard/chords";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { keys } from "@/app/queries";
import { filtersOf, FILTERS } from "./filters";
import { PeopleFilterRow } from "./PeopleFilterRow";
import { PeopleTable } from "./PeopleTable";
import styles from "./People.module.css";

const PAGE = 50;
const PATIENCE_MS = 180;

/** Search first: anyone by name, sound, id or phone number; nothing typed shows who was there last. */
export function PeoplePage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const [now] = useState(() => Date.now());
  const filters = filtersOf(params, now);
  const list = useInfiniteQuery({
    queryKey: keys.people(filters, PAGE),
    queryFn: ({ pageParam, signal }) => findPeople(filters, pageParam, PAGE, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
    placeholderData: keepPreviousData,
  });
  const people = list.data?.pages.flatMap((page) => page.items);
  const counted = list.data?.pages[0];
  const filtered = FILTERS.some((name) => params.get(name));
  const clear = (): void => patch(Object.fromEntries(FILTERS.map((name) => [name, null])));
  const setTyped = useCallback((q: string) => patch({ q: q || null }), [patch]);
  const openFirst = (): void => {
    const first = people?.[0];
    if (first && !list.isPlaceholderData) void navigate(`/people/${first.person}`);
  };

  return (
    <PageLayout title={t("persons.title")} lead={t("persons.lead")}
      actions={<Button icon={<DownloadOutlined />} href={peopleCsv(filters)} download data-testid="people-csv">{t("persons.csv")}</Button>}>
      <SearchField typed={params.get("q") ?? ""} onTyped={setTyped} onEnter={openFirst} />
      <Panel flush title={<PeopleFilterRow />}
        extra={
          <span className={styles.total} aria-live="polite" data-testid="people-total">
            {list.isPlaceholderData ? t("persons.slow")
              : counted && t(counted.total_is_exact ? "persons.total" : "persons.totalAtLeast", { count: counted.total })}
          </span>
        }>
        {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && <LoadingState />}
        {people?.length === 0 && (filtered
          ? <EmptyState title={t("persons.noMatch")} detail={t("persons.noMatchDetail")} action={<Button onClick={clear} data-testid="people-clear">{t("persons.clear")}</Button>} />
          : <EmptyState title={t("persons.none")} detail={t("persons.noneDetail")} />)}
        {people && people.length > 0 && <PeopleTable people={people} stale={list.isPlaceholderData} />}
        {list.hasNextPage && (
          <div className={styles.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="people-more">{t("persons.more")}</Button>
          </div>
        )}
      </Panel>
    </PageLayout>
  );
}

/** Asks a moment after the last key, and not in the middle of an input method's syllables. */
function SearchField(props: { typed: string; onTyped: (text: string) => void; onEnter: () => void }) {
  const { t } = useTranslation();
  const field = useRef<InputRef>(null);
  const [text, setText] = useState(props.typed);
  const [composing, setComposing] = useState(false);
  const { typed, onTyped } = props;
  const told = useRef(typed);
  useEffect(() => {
    // What the address says wins when somebody else changed it: "clear", or the way back.
    if (typed !== told.current) setText(typed);
    told.current = typed;
  }, [typed]);
  useEffect(() => {
    if (composing || text.trim() === told.current) return;
    const timer = setTimeout(() => {
      told.current = text.trim();
      onTyped(text.trim());
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [text, composing, onTyped]);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Enter") props.onEnter();
    if (event.key === "ArrowDown") document.querySelector<HTMLElement>("[data-person-link]")?.focus();
  };
  return (
    <Input ref={field} size="large" allowClear prefix={<SearchOutlined />} placeholder={t("persons.search")} aria-label={t("persons.search")} value={text}
      onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown}
      onCompositionStart={() => setComposing(true)} onCompositionEnd={() => setComposing(false)} data-testid="people-search" />
  );
}
