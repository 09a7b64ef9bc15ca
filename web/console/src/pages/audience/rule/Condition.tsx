import { CloseOutlined, CopyOutlined } from "@ant-design/icons";
import { Button, Select, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { Known, Measure, Standing } from "@/api/audience";
import { usePreferences } from "@/app/preferences";
import { useSpeech } from "../useSpeech";
import { least, takesWindow, type ConditionDraft, type Said } from "./draft";
import { BoundsField, Choose, EventField, WindowField } from "./fields";
import styles from "./Rule.module.css";

const MEASURES: readonly Measure[] = ["count", "sum", "active_days", "days_since_first", "days_since_last"];
const STANDINGS: readonly Standing[] = ["fan", "member", "visitor"];
const KNOWN: readonly Known[] = ["phone", "wechat", "city"];

interface Props {
  node: ConditionDraft;
  fault: string | null;
  onChange: (node: ConditionDraft) => void;
  onRemove: () => void;
  onCopy: () => void;
}

/** One condition, written as a sentence whose words can be chosen. */
export function Condition({ node, fault, onChange, onRemove, onCopy }: Props) {
  const { t } = useTranslation();
  const { said } = node;
  return (
    <div className={styles.condition} data-fault={fault !== null} data-testid="rule-condition" data-key={node.key} data-kind={said.kind}>
      <div className={styles.said}>
        <Select<"yes" | "no"> variant="filled" value={node.not ? "no" : "yes"} onChange={(verb) => onChange({ ...node, not: verb === "no" })} className={styles.verb ?? ""} data-not={node.not} popupMatchSelectWidth={false} aria-label={t(`rules.build.kinds.${said.kind}`)} data-testid="rule-verb"
          options={(["yes", "no"] as const).map((verb) => ({ value: verb, label: t(`rules.build.verb.${said.kind}.${verb}`) }))} />
        <Words said={said} onChange={(next) => onChange({ ...node, said: next })} />
        <span className={styles.rowTools}>
          <Tooltip title={t("rules.build.copy")}><Button type="text" size="small" icon={<CopyOutlined />} aria-label={t("rules.build.copy")} onClick={onCopy} data-testid="rule-copy" /></Tooltip>
          <Tooltip title={t("rules.build.remove")}><Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("rules.build.remove")} onClick={onRemove} data-testid="rule-remove" /></Tooltip>
        </span>
      </div>
      {fault && <p role="alert" className={styles.fault} data-testid="rule-fault">{fault}</p>}
    </div>
  );
}

function Words({ said, onChange }: { said: Said; onChange: (said: Said) => void }) {
  const { t } = useTranslation();
  const language = usePreferences((state) => state.language);
  const { vocabulary, segments } = useSpeech();
  const people = (count: number): string => t("rules.build.peopleOf", { count });
  switch (said.kind) {
    case "did":
      return (
        <>
          <EventField any value={said.event} onChange={(event) => onChange({ ...said, event })} />
          <BoundsField measure="count" value={said.bounds} onChange={(bounds) => onChange({ ...said, bounds })} />
          <WindowField value={said.days} onChange={(days) => onChange({ ...said, days })} />
        </>
      );
    case "sequence":
      return (
        <>
          <EventField value={said.first} onChange={(first) => onChange({ ...said, first })} />
          <span>{t("rules.build.then")}</span>
          <EventField value={said.then} onChange={(then) => onChange({ ...said, then })} testId="rule-then" />
        </>
      );
    case "measured":
      return (
        <>
          <EventField any value={said.event} onChange={(event) => onChange({ ...said, event })} />
          <span>{t("rules.build.of")}</span>
          <Select<Measure> variant="filled" value={said.measure} popupMatchSelectWidth={false} aria-label={t("rules.build.choose.measure")} data-testid="rule-measure"
            onChange={(measure) => onChange({ ...said, measure, ...((measure === "sum") === (said.measure === "sum") ? {} : { bounds: least(null) }), days: takesWindow(measure) ? (said.days ?? (measure === "active_days" ? 30 : null)) : null })}
            options={MEASURES.map((measure) => ({ value: measure, label: t(`rules.measure.${measure}`) }))} />
          <BoundsField measure={said.measure} value={said.bounds} onChange={(bounds) => onChange({ ...said, bounds })} />
          {takesWindow(said.measure) && <WindowField ever={said.measure !== "active_days"} value={said.days} onChange={(days) => onChange({ ...said, days })} />}
        </>
      );
    case "trait":
      return (
        <>
          <Choose value={said.name} label={t("rules.build.choose.trait")} testId="rule-trait" onChange={(name) => onChange({ ...said, name })}
            choices={vocabulary.traits.map((each) => ({ value: each.name, name: each[language], beside: each.name }))} />
          <BoundsField measure={vocabulary.traits.find(({ name }) => name === said.name)?.measure ?? "count"} value={said.bounds} onChange={(bounds) => onChange({ ...said, bounds })} />
        </>
      );
    case "tag":
      return <Choose value={said.tag} label={t("rules.build.choose.tag")} testId="rule-tag" onChange={(tag) => onChange({ ...said, tag })}
        choices={vocabulary.tags.map(({ tag, name, group }) => ({ value: tag, name, beside: group }))} />;
    case "standing":
      return <Choose value={said.standing} label={t("rules.build.kinds.standing")} testId="rule-standing" onChange={(standing) => onChange({ ...said, standing: standing as Standing })}
        choices={STANDINGS.map((each) => ({ value: each, name: t(`rules.standings.${each}`), beside: t(`rules.standingHint.${each}`) }))} />;
    case "knows":
      return <Choose value={said.known} label={t("rules.build.kinds.knows")} testId="rule-knows" onChange={(known) => onChange({ ...said, known: known as Known })}
        choices={KNOWN.map((each) => ({ value: each, name: t(`rules.known.${each}`) }))} />;
    case "city":
      return <Choose free value={said.city} label={t("rules.build.choose.city")} testId="rule-city" onChange={(city) => onChange({ ...said, city })}
        choices={vocabulary.cities.map(({ city, people: count }) => ({ value: city, name: city, beside: people(count) }))} />;
    case "segment":
      return <Choose value={said.segment} label={t("rules.build.choose.segment")} testId="rule-segment" onChange={(segment) => onChange({ ...said, segment })}
        choices={segments.map(({ segment, name, size }) => ({ value: segment, name, beside: people(size) }))} />;
  }
}
