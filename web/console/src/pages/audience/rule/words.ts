import type { TFunction } from "i18next";
import type { Rule, TraitDef, Measure } from "@/api/audience";
import type { Formats } from "@/app/format";

/** What ids and names are called: what nobody has heard of keeps its id. */
export interface Names {
  event: (event: string) => string;
  tag: (tag: string) => string;
  segment: (segment: string) => string;
  trait: (name: string) => TraitDef | undefined;
  traitName: (name: string) => string;
}

/** What a sentence is put together from. */
export interface Speech {
  t: TFunction;
  format: Formats;
  names: Names;
}

// Invisible isolates stand around what somebody chose, so that a sentence can be shown with them set off, and read without.
const OPEN = "\u2068";
const CLOSE = "\u2069";
const told = (text: string): string => `${OPEN}${text}${CLOSE}`;

export interface Piece {
  text: string;
  isTold: boolean;
}

/** A sentence in pieces, what was chosen apart from what the language needs. */
export function piecesOf(sentence: string): Piece[] {
  return sentence.split(OPEN).flatMap((part, at) => {
    if (at === 0) return part ? [{ text: part, isTold: false }] : [];
    const [chosen = "", ...rest] = part.split(CLOSE);
    const after = rest.join("");
    return [{ text: chosen, isTold: true }, ...(after ? [{ text: after, isTold: false }] : [])];
  });
}

/** The same without what sets the pieces apart: for names of files, titles and lists. */
export const plain = (sentence: string): string => sentence.replaceAll(OPEN, "").replaceAll(CLOSE, "");

type Limits = { at_least?: number | null; at_most?: number | null };

/** A number as its measure is written: money, times, days. */
export function amountWords({ t, format }: Speech, measure: Measure, value: number): string {
  if (measure === "sum") return format.money(value);
  if (measure === "count") return t("rules.times", { count: value });
  return t("rules.days", { count: value });
}

function limitWords(speech: Speech, measure: Measure, { at_least: low, at_most: high }: Limits): string {
  const { t } = speech;
  const write = (value: number): string => told(amountWords(speech, measure, value));
  if (low != null && high != null) return low === high ? t("rules.limit.exactly", { low: write(low) }) : t("rules.limit.between", { low: write(low), high: write(high) });
  if (high != null) return t("rules.limit.most", { high: write(high) });
  return t("rules.limit.least", { low: write(low ?? 0) });
}

const windowWords = ({ t }: Speech, days: number | null | undefined): string => (days == null ? "" : t("rules.within", { days: told(t("rules.lastDays", { count: days })) }));
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

type Leaf = Exclude<Rule, { kind: "all" | "any" | "not" }>;

function measuredWords(speech: Speech, event: string, measure: Measure, days: number | null | undefined, limits: Limits): string {
  return speech.t(`rules.measured.${measure}`, { within: windowWords(speech, days), event, limit: limitWords(speech, measure, limits) });
}

function leafWords(speech: Speech, rule: Leaf, not: boolean): string {
  const { t, names } = speech;
  const either = not ? "no" : "yes";
  const event = (name: string): string => told(t("rules.quoted", { text: names.event(name) }));
  switch (rule.kind) {
    case "did": {
      const within = windowWords(speech, rule.days);
      const low = rule.at_least ?? 1;
      if (low === 1 && rule.at_most == null) return t(`rules.did.${either}`, { within, event: event(rule.event) });
      const high = rule.at_most ?? null;
      return t(`rules.didTimes.${either}`, { within, event: event(rule.event), limit: limitWords(speech, "count", { at_least: low === 0 && high !== null && high > 0 ? null : low, at_most: high }) });
    }
    case "sequence":
      return t(`rules.sequence.${either}`, { first: event(rule.first), then: event(rule.then) });
    case "measured": {
      const words = measuredWords(speech, event(rule.event), rule.measure, rule.days, rule);
      return not ? t("rules.notSo", { words }) : words;
    }
    case "trait": {
      const measure = names.trait(rule.name)?.measure ?? "count";
      const words = t("rules.trait", { name: told(names.traitName(rule.name)), limit: limitWords(speech, measure, rule) });
      return not ? t("rules.notSo", { words }) : words;
    }
    case "tag":
      return t(`rules.tag.${either}`, { tag: told(t("rules.quoted", { text: names.tag(rule.tag) })) });
    case "standing":
      return t(`rules.standing.${either}`, { standing: told(t(`rules.standings.${rule.standing}`)) });
    case "knows":
      return t(`rules.knows.${either}`, { known: told(t(`rules.known.${rule.known}`)) });
    case "city":
      return t(`rules.city.${either}`, { city: told(rule.city) });
    case "segment":
      return t(`rules.segment.${either}`, { segment: told(t("rules.quoted", { text: names.segment(rule.segment) })) });
  }
}

function words(speech: Speech, rule: Rule, not: boolean, depth: number): string {
  const { t } = speech;
  if (rule.kind === "not") return words(speech, rule.rule, !not, depth);
  if (rule.kind !== "all" && rule.kind !== "any") return leafWords(speech, rule, not);
  const [only, ...more] = rule.rules;
  if (only === undefined) return t((rule.kind === "all") !== not ? "rules.everybody" : "rules.nobody");
  if (more.length === 0) return words(speech, only, not, depth);
  const inside = rule.rules.map((each) => words(speech, each, false, depth + 1));
  if (not) return t(rule.kind === "any" ? "rules.none" : "rules.notAll", { words: inside.join(t("rules.semicolon")) });
  const joined = inside.join(t(rule.kind === "all" ? "rules.and" : "rules.or"));
  return depth > 0 ? t("rules.bracket", { words: joined }) : joined;
}

/** A rule as a sentence. What was chosen is set off: [`piecesOf`] or [`plain`] tells it apart or not. */
export const sentenceOf = (speech: Speech, rule: Rule): string => sentence(words(speech, rule, false, 0));

/** One condition by itself, as a reason shows it. */
export const conditionWords = (speech: Speech, rule: Leaf): string => sentence(leafWords(speech, rule, false));

/** A trait as a sentence: what it counts. */
export function traitWords(speech: Speech, { event, measure, days }: Pick<TraitDef, "event" | "measure" | "days">): string {
  const quoted = told(speech.t("rules.quoted", { text: speech.names.event(event) }));
  return sentence(speech.t(`rules.counts.${measure}`, { within: windowWords(speech, days), event: quoted }).trim());
}
