import { DownloadOutlined, QuestionCircleOutlined, TagOutlined, UserAddOutlined, UserDeleteOutlined } from "@ant-design/icons";
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal, Table, Tag, Tooltip, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { changeSegmentPeople, listSegmentPeople, segmentPeopleCsv, type AudiencePerson, type Segment } from "@/api/audience";
import { nameOf } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { audienceKeys } from "../audience/keys";
import { FindPerson } from "../audience/FindPerson";
import { GiveTag } from "../audience/GiveTag";
import { StandingTag } from "../audience/StandingTag";
import styles from "./Segments.module.css";

const PAGE = 50;

/** Who belongs, page by page; the chosen ones can be given a tag, or be taken out of a segment kept by hand. */
export function SegmentPeople({ segment }: { segment: Segment }) {
  const { t } = useTranslation();
  const format = useFormats();
  const navigate = useNavigate();
  const may = useMay();
  const cache = useQueryClient();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const [, setWhy] = useUrlState("why");
  const [chosen, setChosen] = useState<string[]>([]);
  const [tagging, setTagging] = useState(false);
  const [adding, setAdding] = useState(false);
  const byHand = segment.kind === "manual" && may("manage_segments");
  const list = useInfiniteQuery({
    queryKey: audienceKeys.people(segment.segment, PAGE),
    queryFn: ({ pageParam }) => listSegmentPeople(segment.segment, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
    placeholderData: keepPreviousData,
  });
  const people = list.data?.pages.flatMap((page) => page.items);
  const change = useMutation({
    mutationFn: (told: { add?: string[]; remove?: string[] }) => changeSegmentPeople(segment.segment, told),
    onSuccess: (_, { add, remove }) => {
      void message.success(add ? t("segments.people.added", { count: add.length }) : t("segments.people.removed", { count: remove?.length ?? 0 }));
      setChosen([]);
      setAdding(false);
      void cache.invalidateQueries({ queryKey: ["audience"] });
    },
    onError: (error) => void message.error(refusal(error)),
  });
  const columns: TableColumnsType<AudiencePerson> = [
    { title: t("segments.people.name"), key: "name", render: (_, person) => <Link to={`/people/${person.person}`} className={styles.name} onClick={(event) => event.stopPropagation()} data-testid="member-name">{nameOf(person)}</Link> },
    { title: t("segments.people.standing"), key: "standing", render: (_, { standing }) => <StandingTag standing={standing} /> },
    { title: t("segments.people.city"), key: "city", render: (_, { city }) => city ?? NOTHING },
    { title: t("segments.people.seen"), key: "seen", render: (_, { last_seen }) => format.moment(last_seen) },
    ...(segment.kind === "live" ? [{ key: "why", align: "right" as const, render: (_: unknown, person: AudiencePerson) => (
      <Tooltip title={t("segments.why.open")}>
        <Button type="text" size="small" icon={<QuestionCircleOutlined />} aria-label={`${t("segments.why.open")}: ${nameOf(person)}`} onClick={(event) => { event.stopPropagation(); setWhy(person.person); }} data-testid="member-why" />
      </Tooltip>) }] : []),
  ];
  const total = list.data?.pages[0]?.total;
  return (
    <Panel flush title={<>{t("segments.people.title")} {total !== undefined && <small className={styles.total} data-testid="members-total">{t("segments.people.total", { count: total })}</small>}</>}
      extra={
        <span className={styles.tools}>
          {byHand && <Button size="small" icon={<UserAddOutlined />} onClick={() => setAdding(true)} data-testid="members-add">{t("segments.people.add")}</Button>}
          <Button size="small" icon={<DownloadOutlined />} href={segmentPeopleCsv(segment.segment)} download data-testid="members-csv">{t("segments.csv")}</Button>
        </span>
      }>
      {chosen.length > 0 && (
        <div className={styles.bulk} data-testid="members-bulk">
          <strong>{t("segments.people.chosen", { count: chosen.length })}</strong>
          {may("tag_people") && <Button size="small" type="primary" icon={<TagOutlined />} onClick={() => setTagging(true)} data-testid="members-tag">{t("labels.give.open")}</Button>}
          {byHand && <Button size="small" danger icon={<UserDeleteOutlined />} loading={change.isPending} onClick={() => change.mutate({ remove: chosen })} data-testid="members-remove">{t("segments.people.remove")}</Button>}
          <Button size="small" type="text" onClick={() => setChosen([])}>{t("segments.unchoose")}</Button>
        </div>
      )}
      {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending && <LoadingState />}
      {people?.length === 0 && <EmptyState title={t("segments.people.none")} detail={t(segment.kind === "manual" ? "segments.people.noneManual" : "segments.people.noneLive")} />}
      {people && people.length > 0 && (
        <Table<AudiencePerson> rowKey="person" size="small" columns={columns} dataSource={people} pagination={false} scroll={{ x: "max-content" }} data-testid="member-table"
          {...(may("tag_people") || byHand ? { rowSelection: { selectedRowKeys: chosen, onChange: (next: React.Key[]) => setChosen(next.map(String)), getCheckboxProps: (person: AudiencePerson) => ({ "aria-label": nameOf(person) }) as object } } : {})}
          onRow={({ person }) => ({ onClick: () => void navigate(`/people/${person}`), className: styles.row })} />
      )}
      {list.hasNextPage && <div className={styles.more}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="members-more">{t("segments.people.more")}</Button></div>}
      <GiveTag open={tagging} people={chosen} onClose={() => { setTagging(false); setChosen([]); }} />
      <AddPeople open={adding} busy={change.isPending} onClose={() => setAdding(false)} onAdd={(add) => change.mutate({ add })} />
    </Panel>
  );
}

function AddPeople({ open, busy, onClose, onAdd }: { open: boolean; busy: boolean; onClose: () => void; onAdd: (people: string[]) => void }) {
  const { t } = useTranslation();
  const [picked, setPicked] = useState<Picked[]>([]);
  const close = (): void => {
    setPicked([]);
    onClose();
  };
  return (
    <Modal open={open} title={t("segments.people.add")} onCancel={close} okText={t("segments.people.addThem", { count: picked.length })} cancelText={t("common.action.cancel")} confirmLoading={busy}
      okButtonProps={{ disabled: picked.length === 0 }} onOk={() => onAdd(picked.map(({ person }) => person))} destroyOnHidden afterClose={() => setPicked([])}>
      <PickPeople picked={picked} onChange={setPicked} />
    </Modal>
  );
}

export interface Picked {
  person: string;
  name: string;
}

/** People gathered one by one. */
export function PickPeople({ picked, onChange }: { picked: Picked[]; onChange: (picked: Picked[]) => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.pick}>
      <FindPerson placeholder={t("segments.people.search")} testId="pick-person"
        onFound={(person, name) => onChange(picked.some((each) => each.person === person) ? picked : [...picked, { person, name }])} />
      <p className={styles.chips} data-testid="picked">
        {picked.map(({ person, name }) => <Tag key={person} closable onClose={() => onChange(picked.filter((each) => each.person !== person))}>{name}</Tag>)}
        {picked.length === 0 && <small>{t("segments.people.pickNone")}</small>}
      </p>
    </div>
  );
}
