import { KINDS, type FactFilters, type Kind, type RejectedFilters } from "@/api/sources";

export const WHO = ["user_id", "anonymous_id", "person"] as const;
export type Who = (typeof WHO)[number];

export const REASONS = [
  "too_large", "shape", "type", "event_missing", "brand_only", "nobody_named", "stands_for_nobody", "text", "time",
  "group_missing", "previous_missing", "object", "properties",
  "name", "value", "identities", "item_missing", "project", "encrypted", "crc", "request",
] as const;
export type ReasonWord = (typeof REASONS)[number];
export const isKnownReason = (reason: string): reason is ReasonWord => (REASONS as readonly string[]).includes(reason);

const isKind = (word: string | null): word is Kind => (KINDS as readonly (string | null)[]).includes(word);

/** What the address asks of the live facts. Of several names of a person the first counts. */
export function factFilters(params: URLSearchParams): FactFilters {
  const [event, source, type] = [params.get("event"), params.get("source"), params.get("type")];
  const who = WHO.find((name) => params.get(name));
  return {
    ...(event ? { event } : {}),
    ...(source ? { source } : {}),
    ...(isKind(type) ? { type } : {}),
    ...(who ? { [who]: params.get(who) ?? "" } : {}),
  };
}

export function rejectedFilters(params: URLSearchParams): RejectedFilters {
  const [reason, source] = [params.get("reason"), params.get("source")];
  return { ...(reason ? { reason } : {}), ...(source ? { source } : {}) };
}
