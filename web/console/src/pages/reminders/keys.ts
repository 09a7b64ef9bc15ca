import type { NewReminderRule, ReminderFilters } from "@/api/reminders";

/** Where answers about reminders are kept, so that pages share them. */
export const reminderKeys = {
  all: ["reminders"] as const,
  list: (filters: ReminderFilters) => ["reminders", "list", filters] as const,
  ofPerson: (person: string) => ["reminders", "ofPerson", person] as const,
  one: (reminder: string) => ["reminders", "one", reminder] as const,
  rules: ["reminders", "rules"] as const,
  calendar: (days: number) => ["reminders", "calendar", days] as const,
  preview: (body: NewReminderRule) => ["reminders", "preview", body] as const,
};
