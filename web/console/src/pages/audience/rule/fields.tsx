import { InputNumber, Select } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Measure } from "@/api/audience";
import { useFormats } from "@/app/format";
import { matchScore } from "@/app/keyboard/pinyin";
import { useSpeech } from "../useSpeech";
import { DAYS_MAX, type Bounds } from "./draft";
import { ANY_EVENT, eventName } from "./events";
import styles from "./Rule.module.css";

const FEN = 100;
const WINDOWS = [1, 3, 7, 14, 30, 60, 90, 180, 365];

interface Choice {
  value: string;
  name: string;
  /** What stands beside it, such as how many people. */
  beside?: ReactNode;
}

/** One of many by typing; `free` lets what is typed be chosen, too. */
export function Choose(props: { value: string | null; choices: Choice[]; label: string; onChange: (value: string) => void; free?: boolean; wide?: boolean; testId: string }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const all = [...props.choices];
  if (props.value && !all.some(({ value }) => value === props.value)) all.unshift({ value: props.value, name: props.value });
  if (props.free && text && !all.some(({ value, name }) => value === text || name === text)) all.push({ value: text, name: t("rules.build.typed", { text }) });
  return (
    <Select<string, { value: string; label: string; beside?: ReactNode }>
      variant="filled" value={props.value} placeholder={props.label} aria-label={props.label} popupMatchSelectWidth={false} className={styles.choose ?? ""}
      classNames={{ popup: { root: styles.popup ?? "" } }} status={props.value === null ? "warning" : ""} data-testid={props.testId} onChange={(value) => { setTyped(""); props.onChange(value); }}
      showSearch={{ filterOption: (search, option) => matchScore(search, String(option?.label ?? ""), [String(option?.value ?? "")]) > 0, onSearch: setTyped }} options={all.map(({ value, name, beside }) => ({ value, label: name, beside }))}
      optionRender={({ data }) => <span className={styles.option}>{data.label}<small>{data.beside}</small></span>} />
  );
}

/** What somebody did: what the brand has seen, with how many people did it; or any name to come. */
export function EventField({ value, onChange, any = false, testId = "rule-event" }: { value: string | null; onChange: (event: string) => void; any?: boolean; testId?: string }) {
  const { t } = useTranslation();
  const { vocabulary } = useSpeech();
  const choices = vocabulary.events.filter(({ event }) => event !== ANY_EVENT).map(({ event, people }) => ({ value: event, name: eventName(t, event), beside: t("rules.build.peopleOf", { count: people }) }));
  const anything = any ? [{ value: ANY_EVENT, name: eventName(t, ANY_EVENT) }] : [];
  return <Choose free value={value} label={t("rules.build.choose.event")} choices={[...anything, ...named(choices, t, value)]} onChange={onChange} testId={testId} />;
}

/** What was chosen keeps its name though nobody did it yet. */
const named = (choices: Choice[], t: ReturnType<typeof useTranslation>["t"], value: string | null): Choice[] =>
  value && value !== ANY_EVENT && !choices.some((each) => each.value === value) ? [{ value, name: eventName(t, value) }, ...choices] : choices;

/** The last so many days, any number by typing it; null is ever. */
export function WindowField({ value, onChange, ever = true }: { value: number | null; onChange: (days: number | null) => void; ever?: boolean }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const number = Number.parseInt(typed.replaceAll(/\D/g, ""), 10);
  const own = number >= 1 && number <= DAYS_MAX ? [number] : [];
  const days = [...new Set([...own, ...WINDOWS, ...(value === null ? [] : [value])])].sort((a, b) => a - b);
  return (
    <Select<number> variant="filled" value={value ?? (ever ? 0 : undefined)} aria-label={t("rules.build.window")} placeholder={t("rules.build.window")} popupMatchSelectWidth={false} status={!ever && value === null ? "warning" : ""} data-testid="rule-window"
      showSearch={{ onSearch: setTyped, optionFilterProp: "label" }} onChange={(chosen) => { setTyped(""); onChange(chosen === 0 ? null : chosen); }}
      options={[...(ever ? [{ value: 0, label: t("rules.build.ever") }] : []), ...days.map((each) => ({ value: each, label: t("rules.lastDays", { count: each }) }))]} />
  );
}

/** A number between bounds, in the unit of its measure: money is typed in yuan and kept in fen. */
export function BoundsField({ value, measure, onChange }: { value: Bounds; measure: Measure; onChange: (bounds: Bounds) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const money = measure === "sum";
  const number = (of: number | null, set: (value: number | null) => void) => (
    <InputNumber<number> variant="filled" value={of === null ? null : money ? of / FEN : of} onChange={(typed) => set(typed === null ? null : Math.round(money ? typed * FEN : typed))} controls={false} className={styles.number ?? ""}
      min={0} max={1e12} precision={money ? 2 : 0} status={of === null ? "warning" : ""} prefix={money ? "¥" : undefined} aria-label={t("rules.build.number")} inputMode={money ? "decimal" : "numeric"} data-testid="rule-number"
      formatter={(shown, { userTyping, input }) => (userTyping ? input : shown === undefined || String(shown) === "" ? "" : format.count(Number(shown)))} parser={(text) => Number.parseFloat((text ?? "").replaceAll(/[^\d.]/g, ""))} />
  );
  const changeHow = (how: Bounds["how"]): void => {
    const known = value.low ?? value.high;
    onChange(how === "most" ? { how, low: null, high: value.high ?? value.low } : how === "between" ? { how, low: known, high: value.how === "between" ? value.high : null } : { how, low: known, high: null });
  };
  return (
    <>
      <Select<Bounds["how"]> variant="filled" value={value.how} onChange={changeHow} aria-label={t("rules.build.bound")} popupMatchSelectWidth={false} data-testid="rule-how"
        options={(["least", "most", "exactly", "between"] as const).map((how) => ({ value: how, label: t(`rules.build.how.${how}`) }))} />
      {value.how === "most" ? number(value.high, (high) => onChange({ ...value, high })) : number(value.low, (low) => onChange({ ...value, low }))}
      {value.how === "between" && <>{t("rules.build.to")}{number(value.high, (high) => onChange({ ...value, high }))}</>}
      {!money && <span>{t(`rules.build.unit.${measure}`)}</span>}
    </>
  );
}
