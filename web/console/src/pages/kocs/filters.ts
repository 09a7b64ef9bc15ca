import type { BoardFilters } from "@/api/kocs";

export const FILTERS = ["campaign", "unit", "city", "circle", "kind", "kocs"] as const;

/** The filters an address holds, as the API takes them. */
export function filtersOf(params: URLSearchParams): BoardFilters {
  const text = (name: (typeof FILTERS)[number]): string => params.get(name)?.trim() ?? "";
  const kind = text("kind");
  const circle = Number(text("circle"));
  return {
    ...(text("campaign") ? { campaign: text("campaign") } : {}),
    ...(text("unit") ? { unit: text("unit") } : {}),
    ...(text("city") ? { city: text("city") } : {}),
    ...(Number.isInteger(circle) && circle > 0 ? { circle } : {}),
    ...(kind === "fan" || kind === "visitor" ? { kind } : {}),
    ...(text("kocs") ? { kocs_only: true } : {}),
  };
}
