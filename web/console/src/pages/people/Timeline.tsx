import { CodeOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Select, Tooltip } from "antd";
import { useMemo, useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Link } from "react-router";
import { listTimeline } from "@/api/people";
import { nameOf, type PersonDetail, type TimelineItem } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { keys, useCampaigns } from "@/app/queries";
import { byDay, sentenceOf } from "./sentence";
import styles from "./People.module.css";

/** What they did, the latest first, day by day. */
export function Timeline({ person }: { person: PersonDetail }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [event, setEvent] = useUrlState("event");
  const list = useInfiniteQuery({
    queryKey: keys.timeline(person.person, event),
    queryFn: ({ pageParam }) => listTimeline(person.person, event, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
  });
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const filter = (
    <Select allowClear showSearch={{ optionFilterProp: "value" }} style={{ minWidth: 180 }} placeholder={t("persons.timeline.all")} value={event} onChange={(value?: string) => setEvent(value ?? null)} data-testid="timeline-event"
      options={person.events.map(({ event: name, facts }) => ({ value: name, label: <span className={styles.eventOption}>{name}<small>{t("persons.page.times", { count: facts })}</small></span> }))} />
  );
  return (
    <Panel title={t("persons.timeline.title")} extra={filter}>
      {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending && <LoadingState rows={10} />}
      {items?.length === 0 && <EmptyState title={t(event ? "persons.timeline.noneFiltered" : "persons.timeline.none")} />}
      <div data-testid="timeline">
        {byDay(items ?? [], format.day).map(({ day, items: of }) => (
          <section key={day} className={styles.day}>
            <h3>{day}</h3>
            <ol>{of.map((item) => <Deed key={item.offset} item={item} person={person} />)}</ol>
          </section>
        ))}
      </div>
      {items && items.length > 0 && (
        <div className={styles.more}>
          {list.hasNextPage
            ? <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="timeline-more">{t("persons.timeline.more")}</Button>
            : <small>{t("persons.timeline.end")}</small>}
        </div>
      )}
    </Panel>
  );
}

function Deed({ item, person }: { item: TimelineItem; person: PersonDetail }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [raw, setRaw] = useState(false);
  return (
    <li data-testid="timeline-item">
      <time dateTime={item.at}>{format.clock(Date.parse(item.at))}</time>
      <div>
        <SentenceLine item={item} person={person} />
        {raw && item.fact && <pre className={styles.raw} data-testid="timeline-raw">{JSON.stringify({ offset: item.offset, type: item.type, event: item.event, ...item.fact }, null, 2)}</pre>}
      </div>
      {item.fact && (
        <Tooltip title={t("persons.timeline.raw")}>
          <Button type="text" size="small" icon={<CodeOutlined />} aria-label={t("persons.timeline.raw")} aria-expanded={raw} onClick={() => setRaw(!raw)} data-testid="timeline-raw-open" />
        </Tooltip>
      )}
    </li>
  );
}

function SentenceLine({ item, person }: { item: TimelineItem; person: PersonDetail }) {
  const { t } = useTranslation();
  const format = useFormats();
  const campaigns = useCampaigns();
  const names = useMemo(() => new Map(campaigns.data?.map((each) => [each.id, each.name])), [campaigns.data]);
  const { kind, title, event } = sentenceOf(item, names);
  const name = nameOf(person);
  if (kind === "opened") {
    const sharer = item.sharer?.name ?? item.sharer?.person ?? t("persons.timeline.someone");
    const who = item.sharer?.person ? <Link to={`/people/${item.sharer.person}`} data-testid="timeline-sharer" /> : <span />;
    return <Trans i18nKey="persons.timeline.opened" values={{ name, sharer, title }} components={{ who }} />;
  }
  if (kind === "paid" || kind === "paidIn") {
    return <>{t(`persons.timeline.${kind}`, { name, title, amount: format.money(item.amount_minor ?? 0) })}</>;
  }
  return <>{t(`persons.timeline.${kind}`, { name, title, event, page: event })}</>;
}
