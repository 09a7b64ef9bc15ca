import type { Asked, Choice, Question } from "@/api/forms";

export type Kind = Question["type"];
export const KINDS: readonly Kind[] = ["one", "many", "text", "score", "number", "date", "name", "phone", "city"];
/** Asked once at most, for they go into the profile. */
export const OF_PROFILE: readonly Kind[] = ["name", "phone", "city"];

/** A key nothing of `taken` has. */
export function freeKey(taken: readonly string[], prefix: string): string {
  let number = taken.length + 1;
  while (taken.includes(`${prefix}${number}`)) number += 1;
  return `${prefix}${number}`;
}

export const choicesOf = (question: Question): Choice[] => (question.type === "one" || question.type === "many" ? question.choices : []);

/** The question as one of another kind, with what both kinds have. */
export function asKind(question: Question, type: Kind, words: readonly [string, string]): Question {
  const { key, label, required } = question;
  const base = { key, label, required: required ?? false };
  const kept = choicesOf(question);
  const choices = kept.length > 1 ? kept : words.map((word, index) => ({ key: `c${index + 1}`, label: word }));
  if (type === "one") return { ...base, type, choices };
  if (type === "many") return { ...base, type, choices, at_most: null };
  if (type === "number") return { ...base, type, min: 0, max: 100 };
  if (type === "score") return { ...base, type, max: 5 };
  return { ...base, type };
}

/** Puts an entry in another place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const all = [...items];
  const [one] = all.splice(from, 1);
  if (one !== undefined) all.splice(Math.max(0, Math.min(to, all.length)), 0, one);
  return all;
}

export const EMPTY: Asked = { title: "", intro: "", thanks: "", consent: "", questions: [], places: null, until: null };

export const needsConsent = (asked: Asked): boolean => asked.questions.some(({ type }) => type === "name" || type === "phone");

/** An instant as the browser's own field for a moment takes it, in the zone of whoever looks. */
export function localOf(instant: string | null | undefined): string {
  if (!instant) return "";
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
