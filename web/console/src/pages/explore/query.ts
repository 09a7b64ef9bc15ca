import type { EgoQuery } from "@/api/explore";

export const FILTERS = ["unit", "kind", "paid", "days"] as const;
export const DAYS = [1, 7, 30, 90] as const;
export const ROOMS = [12, 24, 60, 150, 300] as const;

const DAY_MS = 86_400_000;

/** What an address asks for, as the API takes it. Days are counted from the last full hour, so that a page stays in one cache. */
export function queryOf(params: URLSearchParams, nowMs: number): EgoQuery | null {
  const person = params.get("person")?.trim();
  if (!person) return null;
  const circles = Number(params.get("circles"));
  const room = Number(params.get("room"));
  const [kind, paid, days] = [params.get("kind"), params.get("paid"), Number(params.get("days"))];
  const unit = params.get("unit");
  const hour = Math.floor(nowMs / 3_600_000) * 3_600_000;
  return {
    person,
    circles: circles >= 1 && circles <= 4 ? Math.floor(circles) : 2,
    limit: (ROOMS as readonly number[]).includes(room) ? room : 24,
    ...(unit ? { unit } : {}),
    ...(kind === "fan" || kind === "visitor" ? { is_fan: kind === "fan" } : {}),
    ...(paid === "yes" || paid === "no" ? { has_paid: paid === "yes" } : {}),
    ...(days > 0 ? { from: new Date(hour - days * DAY_MS).toISOString() } : {}),
  };
}
