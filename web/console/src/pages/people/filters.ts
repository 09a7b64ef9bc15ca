import type { PeopleFilters } from "@/api/people";

export const FILTERS = ["q", "kind", "city", "unit", "days"] as const;
export const DAYS = [1, 7, 30, 90] as const;

const DAY_MS = 86_400_000;

/** The filters an address holds, as the API takes them. Days are counted from the last full hour, so that a page stays in one cache. */
export function filtersOf(params: URLSearchParams, nowMs: number): PeopleFilters {
  const text = (name: (typeof FILTERS)[number]): string => params.get(name)?.trim() ?? "";
  const kind = text("kind");
  const days = Number(text("days"));
  const hour = Math.floor(nowMs / 3_600_000) * 3_600_000;
  return {
    ...(text("q") ? { q: text("q") } : {}),
    ...(kind === "fan" || kind === "visitor" ? { kind } : {}),
    ...(text("city") ? { city: text("city") } : {}),
    ...(text("unit") ? { unit: text("unit") } : {}),
    ...(days > 0 ? { seen_from: new Date(hour - days * DAY_MS).toISOString() } : {}),
  };
}
