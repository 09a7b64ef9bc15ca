import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];
export type Reminder = Words["Reminder"];
export type ReminderState = Words["ReminderState"];
export type ReminderResult = Words["ReminderResult"];
export type ReminderRule = Words["ReminderRule"];
export type ReminderTerms = Words["ReminderTerms"];
export type ReminderMatcher = Words["ReminderMatcher"];
export type ReminderFilter = Words["ReminderFilter"];
export type ReminderSpan = Words["ReminderSpan"];
export type ReminderAudience = Words["ReminderAudience"];
export type NewReminderRule = Words["ReminderRuleDraft"];
export type ReminderPreview = Words["ReminderPreview"];
export type ReminderCalendar = Words["ReminderCalendar"];
export type CalendarDay = Words["CalendarDay"];
export type Festival = Words["Festival"];

interface List<Item> {
  items: Item[];
  next?: string | null;
}

/** Which reminders; what is missing is not looked at. */
export interface ReminderFilters {
  state?: ReminderState;
  mine?: boolean;
  rule?: string;
  unit?: string;
  person?: string;
}

export const listReminders = (filters: ReminderFilters, after: string | null, limit: number): Promise<List<Reminder>> =>
  take(client.GET("/api/v1/reminders", { params: { query: { ...filters, limit, ...(after ? { after } : {}) } } }));

export const readReminder = (reminder: string): Promise<Reminder> => take(client.GET("/api/v1/reminders/{reminder}", { params: { path: { reminder } } }));

export const remindersCsv = (filters: ReminderFilters): string => {
  const said = Object.entries(filters).map(([key, value]) => [key, String(value)]);
  return `/api/v1/reminders?${new URLSearchParams([...said, ["limit", "1000"], ["format", "csv"]])}`;
};

export const answerReminder = (reminder: string, body: { result: ReminderResult; note?: string; until?: string }): Promise<Reminder> =>
  take(client.POST("/api/v1/reminders/{reminder}/answer", { params: { path: { reminder } }, body }));

export const undoReminder = (reminder: string): Promise<Reminder> => take(client.DELETE("/api/v1/reminders/{reminder}/answer", { params: { path: { reminder } } }));

const at = (rule: string) => ({ params: { path: { rule } } });

export const listReminderRules = (): Promise<List<ReminderRule>> => take(client.GET("/api/v1/reminders/rules"));
export const createReminderRule = (body: NewReminderRule): Promise<ReminderRule> => take(client.POST("/api/v1/reminders/rules", { body }));
export const changeReminderRule = (rule: string, body: Words["ReminderRuleChange"]): Promise<ReminderRule> => take(client.PATCH("/api/v1/reminders/rules/{rule}", { ...at(rule), body }));
export const deleteReminderRule = (rule: string): Promise<unknown> => take(client.DELETE("/api/v1/reminders/rules/{rule}", at(rule)));
export const previewReminderRule = (body: NewReminderRule, signal?: AbortSignal): Promise<ReminderPreview> => take(client.POST("/api/v1/reminders/rules/preview", { body, ...(signal ? { signal } : {}) }));
export const readReminderCalendar = (days: number): Promise<ReminderCalendar> => take(client.GET("/api/v1/reminders/calendar", { params: { query: { days } } }));

export const reminderRulesCsv = "/api/v1/reminders/rules?format=csv";
