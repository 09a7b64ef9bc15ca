import type { EgoQuery } from "@/api/explore";

export const FILTERS = ["unit", "tag", "kind", "paid", "days", "from", "to"] as const;
export const DAYS = [1, 7, 30, 90] as const;
export const ROOMS = [12, 24, 60, 150, 300] as const;

const DAY_MS = 86_400_000;

/** The first moment of a day such as 2026-11-20 where the reader is, so many days later; nothing for what is no day. */
const dayStart = (day: string | null, later = 0): string | null => {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? "") ?? [];
  return year ? new Date(Number(year), Number(month) - 1, Number(date) + later).toISOString() : null;
};

/** What an address asks for, as the API takes it. Days are counted from the last full hour, so that a page stays in one cache. */
export function queryOf(params: URLSearchParams, nowMs: number): EgoQuery | null {
  const person = params.get("person")?.trim();
  if (!person) return null;
  const circles = Number(params.get("circles"));
  const room = Number(params.get("room"));
  const [kind, paid, days] = [params.get("kind"), params.get("paid"), Number(params.get("days"))];
  const [unit, tag] = [params.get("unit"), params.get("tag")];
  // Whole days, both ends included; they go before a number of days.
  const [from, to] = [dayStart(params.get("from")), dayStart(params.get("to"), 1)];
  const hour = Math.floor(nowMs / 3_600_000) * 3_600_000;
  return {
    person,
    circles: circles >= 1 && circles <= 4 ? Math.floor(circles) : 2,
    limit: (ROOMS as readonly number[]).includes(room) ? room : 24,
    ...(unit ? { unit } : {}),
    ...(tag ? { tag } : {}),
    ...(kind === "fan" || kind === "visitor" ? { is_fan: kind === "fan" } : {}),
    ...(paid === "yes" || paid === "no" ? { has_paid: paid === "yes" } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(days > 0 && !from && !to ? { from: new Date(hour - days * DAY_MS).toISOString() } : {}),
  };
}
