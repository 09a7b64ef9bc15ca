const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** 1536 → "1.5 KiB" */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit + 1 < UNITS.length) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${count} B` : `${value.toFixed(1)} ${UNITS[unit]}`;
}

interface Span {
  unit: "days" | "hours" | "minutes";
  days: number;
  hours: number;
  minutes: number;
}

/** A length of time in milliseconds in its two largest parts. */
export function span(millis: number): Span {
  const minutes = Math.max(0, Math.floor(millis / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60)];
  if (days > 0) return { unit: "days", days, hours: hours % 24, minutes: minutes % 60 };
  return { unit: hours > 0 ? "hours" : "minutes", days, hours, minutes: minutes % 60 };
}
