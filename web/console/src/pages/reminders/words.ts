import type { TFunction } from "i18next";
import type { CalendarDay, ReminderFilter, ReminderMatcher, ReminderSpan, ReminderTerms } from "@/api/reminders";
import { eventName } from "../audience/rule/events";

const MONTHS = "正二三四五六七八九十冬腊";
const TENS = ["初", "十", "廿", "三"];
const DIGITS = "一二三四五六七八九十";

/** A day of the Chinese calendar as Chinese say it: 八月十五. */
export function lunarDay({ month, day, leap }: NonNullable<CalendarDay["lunar"]>): string {
  const ten = day === 10 ? "初十" : day === 20 ? "二十" : day === 30 ? "三十" : `${TENS[Math.floor(day / 10)]}${DIGITS[(day % 10) - 1]}`;
  return `${leap ? "闰" : ""}${MONTHS[month - 1]}月${ten}`;
}

export const spanWords = (t: TFunction, { count, unit }: ReminderSpan): string => t(`reminders.span.${unit}`, { count });

const filterWords = (t: TFunction, { property, test, value }: ReminderFilter): string => t(`reminders.filterWords.${test}`, { property, value });

const matcherWords = (t: TFunction, { event, filters = [] }: ReminderMatcher): string =>
  [t("reminders.words.event", { event: eventName(t, event) }), ...filters.map((filter) => filterWords(t, filter))].join(t("reminders.words.where"));

/** A rule as one sentence: after what, when, unless what. */
export function termsWords(t: TFunction, terms: ReminderTerms, at: string): string {
  if (terms.kind === "birthday") return t(terms.days_before ? "reminders.words.birthdayBefore" : "reminders.words.birthday", { count: terms.days_before ?? 0, at });
  if (terms.kind === "festival") {
    const said = { festival: t(`reminders.festival.${terms.festival}`), audience: t(`reminders.audience.${terms.audience}`), count: terms.days_before ?? 0, at };
    return t(terms.days_before ? "reminders.words.festivalBefore" : "reminders.words.festival", said);
  }
  const said = [t("reminders.words.after", { fact: matcherWords(t, terms.fact), span: spanWords(t, terms.wait), at })];
  if (terms.per === "order") said.push(t("reminders.words.perOrder"));
  if (terms.unless) said.push(t("reminders.words.unless", { fact: matcherWords(t, terms.unless) }));
  if (terms.repeat) said.push(t("reminders.words.repeat", { span: spanWords(t, terms.repeat.every), times: terms.repeat.times }));
  return said.join(t("reminders.words.comma"));
}
