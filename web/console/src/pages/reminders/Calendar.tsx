import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { listReminderRules, readReminderCalendar, type CalendarDay } from "@/api/reminders";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { usePreferences } from "@/app/preferences";
import { reminderKeys } from "./keys";
import { lunarDay } from "./words";
import styles from "./Reminders.module.css";

const DAYS = 60;
/** A Monday. */
const MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** The coming days: festivals, the Chinese calendar, and what falls due by which rule. A festival leads to a rule for it. */
export function Calendar() {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const calendar = useQuery({ queryKey: reminderKeys.calendar(DAYS), queryFn: () => readReminderCalendar(DAYS) });
  const rules = useQuery({ queryKey: reminderKeys.rules, queryFn: listReminderRules });
  if (calendar.error && !calendar.data) return <Panel><ProblemState error={calendar.error} onRetry={() => void calendar.refetch()} /></Panel>;
  if (!calendar.data) return <Panel><LoadingState rows={10} /></Panel>;
  const names = new Map(rules.data?.items.map(({ id, name }) => [id, name]));
  const weekday = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { weekday: "short", timeZone: "UTC" });
  const first = calendar.data.days[0];
  const lead = first ? (new Date(first.date).getUTCDay() + 6) % 7 : 0;
  return (
    <Panel title={t("reminders.calendar.title", { days: DAYS })} extra={!calendar.data.is_exact && <span className={styles.total}>{t("reminders.calendar.notExact")}</span>}>
      <div className={styles.calendar} data-testid="reminder-calendar">
        {Array.from({ length: 7 }, (_, day) => <b key={day}>{weekday.format(MONDAY_MS + day * DAY_MS)}</b>)}
        {Array.from({ length: lead }, (_, day) => <i key={`lead-${day}`} />)}
        {calendar.data.days.map((day, at) => <Day key={day.date} day={day} isToday={at === 0} names={names} />)}
      </div>
      <p className={styles.faint}>{t("reminders.calendar.hint", { date: format.day(first?.date) })}</p>
    </Panel>
  );
}

function Day({ day, isToday, names }: { day: CalendarDay; isToday: boolean; names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation();
  const format = useFormats();
  const patch = usePatchUrl();
  const language = usePreferences((state) => state.language);
  const [, month, date] = day.date.split("-").map(Number);
  const busy = day.festivals.length > 0 || day.rules.length > 0;
  return (
    <section className={styles.day} data-today={isToday} data-busy={busy} aria-label={format.day(day.date)} data-testid="calendar-day">
      <header><strong>{isToday || busy || date === 1 ? `${month}/${date}` : date}</strong>{day.lunar && <small>{language === "zh" ? lunarDay(day.lunar) : `${day.lunar.month}/${day.lunar.day}`}</small>}</header>
      {day.festivals.map((festival) => (
        <Button key={festival} size="small" type="dashed" onClick={() => patch({ new: festival, edit: null })} title={t("reminders.calendar.make", { festival: t(`reminders.festival.${festival}`) })} data-testid="calendar-festival">{t(`reminders.festival.${festival}`)}</Button>
      ))}
      {day.rules.map(({ rule, count }) => (
        <Link key={rule} to={`/reminders?view=rules&edit=${rule}`} title={names.get(rule) ?? rule}>{names.get(rule) ?? rule}{count != null && <b>{format.count(count)}</b>}</Link>
      ))}
    </section>
  );
}
