import { useMemo } from "react";
import { usePreferences, type Language } from "./preferences";

const LOCALE: Record<Language, string> = { zh: "zh-CN", en: "en-GB" };

export interface Formats {
  /** 57,012 */
  count: (value: number) => string;
  /** 5.7万 / 57k: where room is short. */
  short: (value: number) => string;
  /** 0.375 → 37.5% */
  share: (part: number, whole: number) => string;
  decimal: (value: number, digits?: number) => string;
  /** Minor units → ¥1,234.50; yuan is the only currency of the first form. */
  money: (minor: number) => string;
  /** Day and minute. */
  moment: (time: string | number | null | undefined) => string;
  day: (time: string | number | null | undefined) => string;
  clock: (time: number) => string;
  /** Day and second. */
  second: (time: string | number | null | undefined) => string;
}

export const NOTHING = "—";

export function formatsFor(language: Language, timeZone?: string): Formats {
  const locale = LOCALE[language];
  const number = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const yuan = new Intl.NumberFormat(locale, { style: "currency", currency: "CNY", currencyDisplay: "narrowSymbol" });
  const moment = new Intl.DateTimeFormat(locale, {
    month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone,
  });
  const day = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric", timeZone });
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
  const second = new Intl.DateTimeFormat(locale, {
    month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone,
  });
  const dated = (format: Intl.DateTimeFormat) => (time: string | number | null | undefined) => {
    if (time == null) return NOTHING;
    const date = new Date(time);
    return Number.isNaN(date.getTime()) ? NOTHING : format.format(date);
  };
  return {
    count: (value) => number.format(value),
    short: (value) => compact.format(value),
    share: (part, whole) => (whole > 0 ? percent.format(part / whole) : NOTHING),
    decimal: (value, digits = 1) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    money: (minor) => yuan.format(minor / 100),
    moment: dated(moment),
    day: dated(day),
    clock: dated(clock),
    second: dated(second),
  };
}

export function useFormats(): Formats {
  const language = usePreferences((state) => state.language);
  return useMemo(() => formatsFor(language), [language]);
}
