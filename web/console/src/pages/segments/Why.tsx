import { CheckCircleFilled, CloseCircleFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { readWhy, type Measure, type Reason, type Rule } from "@/api/audience";
import { nameOf } from "@/api/types";
import { NOTHING } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { usePerson } from "@/app/queries";
import { audienceKeys } from "../audience/keys";
import { FindPerson } from "../audience/FindPerson";
import { Sentence } from "../audience/rule/RuleWords";
import { amountWords, conditionWords, type Speech } from "../audience/rule/words";
import { useSpeech } from "../audience/useSpeech";
import styles from "./Segments.module.css";

/** Somebody is looked up, and every condition told as it stands with them. */
export function Why({ segment }: { segment: string }) {
  const { t } = useTranslation();
  const [person, setPerson] = useUrlState("why");
  return (
    <Panel title={t("segments.why.title")}>
      <FindPerson placeholder={t("segments.why.search")} onFound={setPerson} testId="why-search" />
      {person ? <WhyTree segment={segment} person={person} /> : <p className={styles.quiet}>{t("segments.why.lead")}</p>}
    </Panel>
  );
}

/** Why somebody belongs, or does not. */
export function WhyTree({ segment, person }: { segment: string; person: string }) {
  const { t } = useTranslation();
  const why = useQuery({ queryKey: audienceKeys.why(segment, person), queryFn: () => readWhy(segment, person) });
  const who = usePerson(person);
  const [open, setOpen] = useState(true);
  if (why.error && !why.data) return <ProblemState error={why.error} onRetry={() => void why.refetch()} />;
  if (!why.data) return <LoadingState rows={3} />;
  const { holds } = why.data;
  const name = who.data ? nameOf(who.data) : person;
  return (
    <div className={styles.why} data-testid="why-tree" data-holds={holds}>
      <p className={styles.verdict} role="status" data-holds={holds}>
        {holds ? <CheckCircleFilled /> : <CloseCircleFilled />}
        <span><Link to={`/people/${person}`} className={styles.name}>{name}</Link> {t(holds ? "segments.why.in" : "segments.why.out")}</span>
        <button type="button" className={styles.fold} aria-expanded={open} onClick={() => setOpen(!open)}>{t(open ? "segments.why.hide" : "segments.why.show")}</button>
      </p>
      {open && <ul className={styles.reasons}><ReasonRow reason={why.data} /></ul>}
    </div>
  );
}

const measureOf = (rule: Rule | null | undefined, traitMeasure: Measure | undefined): Measure | null =>
  rule?.kind === "did" ? "count" : rule?.kind === "measured" ? rule.measure : rule?.kind === "trait" ? (traitMeasure ?? "count") : null;

/** Where somebody stands, in words. */
const standingWords = ({ t }: Speech, saw: Reason["saw"]): string => (saw === "fan" || saw === "member" || saw === "visitor" ? t(`rules.standings.${saw}`) : NOTHING);

function ReasonRow({ reason }: { reason: Reason }) {
  const { t } = useTranslation();
  const speech = useSpeech();
  const { wanted, saw, holds, rules = [] } = reason;
  const mark = holds ? <CheckCircleFilled style={{ color: "var(--good)" }} aria-label={t("segments.why.holds")} /> : <CloseCircleFilled style={{ color: "var(--bad)" }} aria-label={t("segments.why.not")} />;
  if (reason.kind === "listed" || reason.kind === "all" || reason.kind === "any" || reason.kind === "not") {
    return (
      <li data-testid="why-reason" data-holds={holds}>
        <span>{mark}<em>{t(`segments.why.group.${reason.kind}`)}</em></span>
        {rules.length > 0 && <ul>{rules.map((each, at) => <ReasonRow key={at} reason={each} />)}</ul>}
      </li>
    );
  }
  const leaf = wanted && wanted.kind !== "all" && wanted.kind !== "any" && wanted.kind !== "not" ? wanted : null;
  const measure = measureOf(leaf, leaf?.kind === "trait" ? speech.names.trait(leaf.name)?.measure : undefined);
  const seen = leaf?.kind === "standing" ? standingWords(speech, saw) : saw == null ? (measure === null ? null : NOTHING) : typeof saw === "number" ? (measure === null ? String(saw) : amountWords(speech, measure, saw)) : saw;
  return (
    <li data-testid="why-reason" data-holds={holds}>
      <span>{mark}<span>{leaf ? <Sentence text={conditionWords(speech, leaf)} /> : reason.kind}</span>{seen !== null && <small>{t("segments.why.saw", { seen })}</small>}</span>
      {rules.length > 0 && <ul>{rules.map((each, at) => <ReasonRow key={at} reason={each} />)}</ul>}
    </li>
  );
}
