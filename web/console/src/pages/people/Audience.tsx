import { QuestionCircleOutlined, TagOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal, Popconfirm, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { readPersonAudience, tagPeople, type Named, type PersonAudience, type PersonTag } from "@/api/audience";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { usePreferences } from "@/app/preferences";
import { GiveTag } from "../audience/GiveTag";
import { audienceKeys } from "../audience/keys";
import { amountWords } from "../audience/rule/words";
import { StandingTag } from "../audience/StandingTag";
import { useWhose } from "../audience/useWhose";
import { useSpeech } from "../audience/useSpeech";
import { WhyTree } from "../segments/Why";
import { TagChip } from "../tags/TagsPage";
import styles from "./Audience.module.css";

const STAGES = ["new", "active", "silent", "lost", "paying"] as const;
const VALUES = ["loyal", "premium", "ordinary", "infrequent", "lost"] as const;
const SCORES = [1, 2, 3, 4, 5] as const;
const SOON_MS = 900;

/** What is said of somebody: standing, stage and worth, tags, numbers, and the segments they are in. */
export function Audience({ person }: { person: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const [tagging, setTagging] = useState(false);
  const read = useQuery({ queryKey: audienceKeys.person(person), queryFn: () => readPersonAudience(person) });
  const extra = may("tag_people") && <Button size="small" icon={<TagOutlined />} onClick={() => setTagging(true)} data-testid="person-tag">{t("profile.give")}</Button>;
  return (
    <Panel title={t("profile.title")} extra={extra}>
      {read.error && !read.data ? <ProblemState error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.isPending && <LoadingState rows={4} />}
      {read.data && <Told person={person} told={read.data} />}
      <GiveTag open={tagging} people={[person]} onClose={() => setTagging(false)} />
    </Panel>
  );
}

function Told({ person, told }: { person: string; told: PersonAudience }) {
  const { t } = useTranslation();
  const format = useFormats();
  const speech = useSpeech();
  const language = usePreferences((state) => state.language);
  const stage = STAGES.find((each) => each === told.stage);
  const value = VALUES.find((each) => each === told.value_class);
  const numbers = told.traits.filter((trait) => trait.value != null);
  return (
    <div className={styles.told} data-testid="person-audience">
      <dl className={styles.marks}>
        <div><dt>{t("profile.standing")}</dt><dd data-testid="audience-standing"><StandingTag standing={told.standing} /></dd></div>
        {told.stage && <div><dt>{t("profile.stage")}</dt><dd>{stage ? t(`profile.stages.${stage}`) : told.stage}</dd></div>}
        {told.value_class && <div><dt>{t("profile.valueClass")}</dt><dd>{value ? t(`profile.values.${value}`) : told.value_class}</dd></div>}
        {told.purchase_period_days != null && <div><dt>{t("profile.period")}</dt><dd>{t("profile.periodDays", { count: Math.round(told.purchase_period_days) })}</dd></div>}
      </dl>
      {told.rfm && (
        <ul className={styles.rfm} data-testid="audience-rfm">
          <Score name={t("profile.rfm.r")} score={told.rfm.r} words={t("profile.rfm.rWords", { count: told.rfm.recency_days })} />
          <Score name={t("profile.rfm.f")} score={told.rfm.f} words={t("profile.rfm.fWords", { count: told.rfm.orders })} />
          <Score name={t("profile.rfm.m")} score={told.rfm.m} words={format.money(told.rfm.paid_minor)} />
        </ul>
      )}
      <Tags person={person} tags={told.tags} />
      {numbers.length > 0 && (
        <>
          <h3>{t("profile.traits")}</h3>
          <ul className={styles.traits}>{numbers.map((trait) => <li key={trait.name}><span>{trait[language]}</span><b>{amountWords(speech, speech.names.trait(trait.name)?.measure ?? "count", trait.value ?? 0)}</b></li>)}</ul>
        </>
      )}
      <h3>{t("profile.segments")}</h3>
      <Segments person={person} segments={told.segments} />
      {told.prefers.length > 0 && (
        <>
          <h3>{t("profile.prefers")}</h3>
          <ul className={styles.prefers}>{told.prefers.map(({ what, share }) => <li key={what}><span>{speech.names.event(what)}</span><i><b style={{ width: `${100 * share}%` }} /></i><small>{format.share(share, 1)}</small></li>)}</ul>
        </>
      )}
    </div>
  );
}

function Score({ name, score, words }: { name: string; score: number; words: string }) {
  const { t } = useTranslation();
  return (
    <li>
      <span>{name}</span>
      <span className={styles.dots} role="img" aria-label={t("profile.rfm.of", { name, score, value: words })}>{SCORES.map((at) => <i key={at} data-on={at <= score} />)}</span>
      <small>{words}</small>
    </li>
  );
}

/** A tag that goes by a rule cannot be taken off: the rule would put it on again. */
const isByHand = ({ by }: PersonTag): boolean => by !== "rule";

function Tags({ person, tags }: { person: string; tags: PersonTag[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const may = useMay();
  const whose = useWhose();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const { message } = App.useApp();
  const off = useMutation({
    mutationFn: (tag: PersonTag) => tagPeople(tag.tag, { people: [person], on: false }),
    onSuccess: (_, tag) => {
      void message.success(t("profile.offDone", { name: tag.name }));
      cache.setQueryData<PersonAudience>(audienceKeys.person(person), (before) => before && { ...before, tags: before.tags.filter((each) => each.tag !== tag.tag) });
      window.setTimeout(() => void cache.invalidateQueries({ queryKey: ["audience"] }), SOON_MS);
    },
    onError: (error) => void message.error(refusal(error)),
  });
  const groups = [...new Set(tags.map(({ group }) => group))];
  if (tags.length === 0) return <p className={styles.faint}>{t("profile.none")}</p>;
  return (
    <ul className={styles.tags} data-testid="person-tags">
      {groups.map((group) => (
        <li key={group}>
          <small>{group}</small>
          <span>
            {tags.filter((tag) => tag.group === group).map((tag) => {
              const lines = [isByHand(tag) ? t("profile.by", { by: whose(tag.by) ?? t("profile.someone"), time: format.moment(tag.at) }) : t("profile.byRule"), tag.until ? t("profile.until", { time: format.day(tag.until) }) : null, tag.note].filter(Boolean);
              return (
                <span key={tag.tag} className={styles.tag} data-testid="person-tag-chip">
                  <Tooltip title={lines.map((line) => <div key={line}>{line}</div>)}><span tabIndex={0}><TagChip tag={tag} /></span></Tooltip>
                  {isByHand(tag) && may("tag_people") && (
                    <Popconfirm title={t("profile.offAsk", { name: tag.name })} okText={t("labels.give.takeOff")} cancelText={t("common.action.cancel")} onConfirm={() => off.mutateAsync(tag).catch(() => undefined)}>
                      <button type="button" aria-label={t("profile.off", { name: tag.name })} data-testid="person-tag-off">×</button>
                    </Popconfirm>
                  )}
                </span>
              );
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Segments({ person, segments }: { person: string; segments: Named[] }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Named | null>(null);
  if (segments.length === 0) return <p className={styles.faint}>{t("profile.noSegments")}</p>;
  return (
    <>
      <ul className={styles.segments} data-testid="person-segments">
        {segments.map((each) => (
          <li key={each.segment}>
            <Link to={`/segments/${each.segment}`}>{each.name}</Link>
            <Tooltip title={t("segments.why.open")}><Button type="text" size="small" icon={<QuestionCircleOutlined />} aria-label={t("profile.why", { name: each.name })} onClick={() => setAsked(each)} data-testid="person-segment-why" /></Tooltip>
          </li>
        ))}
      </ul>
      <Modal open={asked !== null} footer={null} title={asked && t("profile.why", { name: asked.name })} onCancel={() => setAsked(null)} destroyOnHidden>
        {asked && <WhyTree segment={asked.segment} person={person} />}
      </Modal>
    </>
  );
}
