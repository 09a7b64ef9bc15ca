import type { Festival, NewReminderRule, ReminderAudience, ReminderFilter, ReminderMatcher, ReminderRule, ReminderSpan, ReminderTerms } from "@/api/reminders";

export type Kind = ReminderTerms["kind"];
export type Unit = ReminderSpan["unit"];

export interface MatcherDraft {
  event: string | null;
  filters: ReminderFilter[];
}

export interface SpanDraft {
  count: number | null;
  unit: Unit;
}

/** A rule while it is written: what one kind asks for is kept while another is looked at. */
export interface RuleDraft {
  name: string;
  kind: Kind;
  fact: MatcherDraft;
  wait: SpanDraft;
  unless: MatcherDraft | null;
  perOrder: boolean;
  repeat: { every: SpanDraft; times: number | null } | null;
  festival: Festival | null;
  audience: ReminderAudience;
  daysBefore: number;
  script: string;
  at: string;
  quietFrom: string;
  quietTo: string;
  units: string[];
  fallback: string | null;
}

export const NEW: RuleDraft = {
  name: "", kind: "after",
  fact: { event: "Order Paid", filters: [] }, wait: { count: 3, unit: "month" }, unless: null, perOrder: false, repeat: null,
  festival: null, audience: "fans", daysBefore: 1,
  script: "", at: "10:00", quietFrom: "21:00", quietTo: "09:00", units: [], fallback: null,
};

const matcherOf = ({ event, filters }: ReminderMatcher): MatcherDraft => ({ event, filters: filters ?? [] });

/** A rule that is there, as it is written. */
export function draftOf(rule: Pick<ReminderRule, "name" | "terms" | "script" | "at" | "quiet_from" | "quiet_to" | "units" | "fallback">): RuleDraft {
  const { terms } = rule;
  const base: RuleDraft = {
    ...NEW, name: rule.name, kind: terms.kind, script: rule.script, at: rule.at, quietFrom: rule.quiet_from, quietTo: rule.quiet_to,
    units: rule.units?.map(({ id }) => id) ?? [], fallback: rule.fallback?.id ?? null,
  };
  if (terms.kind === "birthday") return { ...base, daysBefore: terms.days_before ?? 0 };
  if (terms.kind === "festival") return { ...base, festival: terms.festival, audience: terms.audience, daysBefore: terms.days_before ?? 0 };
  return {
    ...base, fact: matcherOf(terms.fact), wait: terms.wait, unless: terms.unless ? matcherOf(terms.unless) : null,
    perOrder: terms.per === "order", repeat: terms.repeat ?? null,
  };
}

const matcher = ({ event, filters }: MatcherDraft): ReminderMatcher => ({ event: event ?? "", filters });

function termsOf(draft: RuleDraft): ReminderTerms {
  if (draft.kind === "birthday") return { kind: "birthday", days_before: draft.daysBefore };
  if (draft.kind === "festival") return { kind: "festival", festival: draft.festival ?? "spring", audience: draft.audience, days_before: draft.daysBefore };
  const span = ({ count, unit }: SpanDraft): ReminderSpan => ({ count: count ?? 0, unit });
  return {
    kind: "after", fact: matcher(draft.fact), wait: span(draft.wait), per: draft.perOrder ? "order" : "person",
    ...(draft.unless ? { unless: matcher(draft.unless) } : {}),
    ...(draft.repeat ? { repeat: { every: span(draft.repeat.every), times: draft.repeat.times ?? 0 } } : {}),
  };
}

/** What is handed in. No unit is everybody in one's scope. */
export const bodyOf = (draft: RuleDraft) => ({
  name: draft.name.trim(), terms: termsOf(draft), script: draft.script.trim(), at: draft.at, quiet_from: draft.quietFrom, quiet_to: draft.quietTo,
  units: draft.units, ...(draft.fallback ? { fallback: draft.fallback } : {}),
});

export type Fault = "name" | "script" | "placeholder" | "event" | "filter" | "wait" | "festival" | "unless" | "repeat" | "time";

export const PLACEHOLDERS = ["name", "days", "date", "festival", "store"] as const;

const spanIsWrong = ({ count, unit }: SpanDraft): boolean => count === null || count < 1 || count > (unit === "month" ? 120 : 1000);
const filtersAreWrong = ({ filters }: MatcherDraft): boolean => filters.some(({ property, value }) => property.trim() === "" || value.trim() === "");

/** The first word in braces that means nothing. */
export const unknownPlaceholder = (script: string): string | null =>
  [...script.matchAll(/\{([^{}]*)\}/g)].map(([, word]) => word ?? "").find((word) => !(PLACEHOLDERS as readonly string[]).includes(word)) ?? null;

/** What keeps a rule from being set. */
export function faultsOf(draft: RuleDraft): ReadonlySet<Fault> {
  const faults = new Set<Fault>();
  const note = (fault: Fault, holds: boolean): void => void (holds && faults.add(fault));
  note("name", draft.name.trim() === "");
  note("script", draft.script.trim() === "");
  note("placeholder", unknownPlaceholder(draft.script) !== null);
  note("time", [draft.at, draft.quietFrom, draft.quietTo].some((time) => !/^\d\d:\d\d$/.test(time)));
  if (draft.kind === "festival") note("festival", draft.festival === null);
  if (draft.kind === "after") {
    note("event", !draft.fact.event);
    note("filter", filtersAreWrong(draft.fact));
    note("wait", spanIsWrong(draft.wait));
    note("unless", draft.unless !== null && (!draft.unless.event || filtersAreWrong(draft.unless)));
    note("repeat", draft.repeat !== null && (spanIsWrong(draft.repeat.every) || !draft.repeat.times));
  }
  return faults;
}

/** What a preview asks: a rule need not be named, nor have its words, to say whom it reminds of. */
export const previewOf = (draft: RuleDraft): NewReminderRule | null => {
  const faults = faultsOf(draft);
  const rest = [...faults].filter((fault) => fault !== "name" && fault !== "script" && fault !== "placeholder");
  if (rest.length > 0) return null;
  const body = bodyOf(draft);
  return { ...body, name: "-", script: faults.has("script") || faults.has("placeholder") ? "-" : body.script };
};
