import type { VolumeRow } from "@/api/types";

const MINUTE_MS = 60_000;

export interface Volumes {
  /** The beginning of each minute, also of those without anything. */
  minutes: number[];
  sources: { source: string; name: string; accepted: number[] }[];
  rejected: number[];
}

/** The last so many minutes up to `nowMs`, gaps filled; sources in the order of their names. */
export function minutesOf(rows: VolumeRow[], count: number, nowMs: number): Volumes {
  const newest = rows.reduce((latest, row) => Math.max(latest, Date.parse(row.minute)), Math.floor(nowMs / MINUTE_MS) * MINUTE_MS);
  const first = newest - (count - 1) * MINUTE_MS;
  const minutes = Array.from({ length: count }, (_, at) => first + at * MINUTE_MS);
  const rejected = minutes.map(() => 0);
  const sources = new Map<string, { source: string; name: string; accepted: number[] }>();
  for (const row of rows) {
    const at = (Date.parse(row.minute) - first) / MINUTE_MS;
    if (at < 0 || at >= count) continue;
    const of = sources.get(row.source) ?? { source: row.source, name: row.source_name ?? row.source, accepted: minutes.map(() => 0) };
    of.accepted[at] = (of.accepted[at] ?? 0) + row.accepted;
    rejected[at] = (rejected[at] ?? 0) + row.rejected;
    sources.set(row.source, of);
  }
  return { minutes, sources: [...sources.values()].sort((a, b) => a.name.localeCompare(b.name)), rejected };
}
