import type { ReminderFilters, ReminderState } from "@/api/reminders";

/** Where a reminder that was told can stand. */
export const STATES = ["due", "done", "skipped", "overtaken"] as const satisfies readonly ReminderState[];

/** The filters an address holds, as the API takes them. What is to be done is what one comes for; `state=all` is everything. */
export function reminderFilters(params: URLSearchParams): ReminderFilters {
  const text = (name: string): string => params.get(name)?.trim() ?? "";
  const asked = params.get("state");
  const state = asked === "all" ? undefined : (STATES.find((each) => each === asked) ?? "due");
  return {
    ...(state ? { state } : {}),
    ...(params.get("who") === "mine" ? { mine: true } : {}),
    ...(text("rule") ? { rule: text("rule") } : {}),
    ...(text("unit") ? { unit: text("unit") } : {}),
    ...(text("person") ? { person: text("person") } : {}),
  };
}

/** Whether an address asks for less than everything that is to be done. */
export const isFiltered = (params: URLSearchParams): boolean => ["state", "who", "rule", "unit", "person"].some((name) => params.get(name));
