import type { RingFilters } from "@/api/fraud";

export const VERDICTS = ["open", "held", "confirmed", "cleared"] as const;
export const KINDS = ["accounts", "together", "star"] as const;
export const SORTS = ["newest", "score", "size"] as const;

export type Kind = (typeof KINDS)[number];

const among = <Word extends string>(words: readonly Word[], word: string | null): Word | null =>
  words.find((known) => known === word) ?? null;

/** What an address asks for: rings to review, unless it says otherwise; `all` is every verdict. */
export function filtersOf(params: URLSearchParams): RingFilters {
  const verdict = params.get("verdict") === "all" ? null : (among(VERDICTS, params.get("verdict")) ?? "open");
  const wanted = { verdict, kind: among(KINDS, params.get("kind")), unit: params.get("unit"), sort: among(SORTS, params.get("sort")) };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value)) as RingFilters;
}

/** A word of the API among those the console knows. */
export const isOf = <Word extends string>(words: readonly Word[], word: string): word is Word => (words as readonly string[]).includes(word);

export const SIGNS = [
  "device", "payee", "ip", "dense_marks", "dense_sharers", "lockstep", "mutual", "burst", "dead_leaves", "regular", "hasty",
] as const;
