import { configure, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { zh } from "@/app/i18n/zh";
import { open, serve } from "@/testing/open";
import { OpenReminders } from "../people/OpenReminders";
import { bodyOf, draftOf, faultsOf, NEW, previewOf, unknownPlaceholder, type RuleDraft } from "./draft";
import { reminderFilters } from "./filters";
import { RemindersPage } from "./RemindersPage";
import { FESTIVALS } from "./samples";
import { lunarDay } from "./words";

configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });
afterEach(() => vi.unstubAllGlobals());

const session = (...permissions: string[]) => ({ staff: { id: "s1", name: "周" }, permissions });
const MANAGER = session("do_reach", "manage_reminders", "read_network", "read_organisation");
const COUNTS = { waiting: 12, due: 3, done: 0, skipped: 0, overtaken: 0, missed: 0 };
const RULE = {
  id: "r1", name: "香薰回购", script: "{name}您好", at: "10:00", quiet_from: "21:00", quiet_to: "09:00", on: true, ready: true, fallback: null, units: null, counts: COUNTS,
  created_at: "2026-11-01T00:00:00Z", changed_at: "2026-11-01T00:00:00Z",
  terms: { kind: "after", fact: { event: "Order Paid", filters: [{ property: "items.name", test: "contains", value: "香薰" }] }, wait: { count: 3, unit: "month" }, per: "person" },
} as const;
const REMINDER = {
  id: "r1.7.3.0", state: "due", rule: { id: "r1", name: "香薰回购" }, person: "p7", name: "林晓", why: { zh: "92 天前（8月22日）Order Paid", en: "92 days ago" },
  script: "林晓您好，香薰快用完了", due_at: "2026-11-22T12:00:00Z", told_at: "2026-11-22T12:00:01Z", late: false, put_off: false, order: null, unit: null, staff: { id: "s1", name: "周" }, closed_at: null, note: null,
};
const PREVIEW = { count: 2, days: 30, is_exact: true, by_day: [0, 2], sample: [{ ...REMINDER, state: "waiting" }] };
const around = {
  "GET /session": MANAGER, "GET /units": { items: [{ id: "store-1", name: "一店", kind: "store" }] }, "GET /segments": { items: [] },
  "GET /segments/vocabulary": { events: [{ event: "Order Paid", people: 9 }], cities: [], traits: [], tags: [], measures: [] },
  "GET /reminders": { items: [REMINDER], next: null }, "GET /reminders/rules": { items: [RULE], next: null }, "POST /reminders/rules/preview": PREVIEW,
};

describe("what is to be done", () => {
  it("is answered in one tap, which can be taken back", async () => {
    const asked = serve({ ...around, "POST /reminders/r1.7.3.0/answer": { ...REMINDER, state: "skipped" }, "DELETE /reminders/r1.7.3.0/answer": REMINDER });
    open(RemindersPage, "/reminders");
    expect((await screen.findByTestId("reminder-person")).textContent).toBe("林晓");
    expect(asked.some(({ path }) => path === "/reminders?state=due&limit=50")).toBe(true);
    fireEvent.click(screen.getByTestId("reminder-skip"));
    await waitFor(() => expect(asked.find(({ method, path }) => method === "POST" && path.endsWith("/answer"))?.body).toEqual({ result: "skipped" }));
    fireEvent.click(await screen.findByTestId("reminder-undo-now"));
    await waitFor(() => expect(asked.some(({ method }) => method === "DELETE")).toBe(true));
  });

  it("is put off by days, and its card takes a note", async () => {
    const asked = serve({ ...around, "GET /session": session("do_reach"), "POST /reminders/r1.7.3.0/answer": { ...REMINDER, put_off: true } });
    open(RemindersPage, "/reminders");
    const card = within(await screen.findByTestId("reminder-card"));
    fireEvent.change(card.getByTestId("reminder-note"), { target: { value: " 在出差 " } });
    fireEvent.click(card.getByTestId("reminder-later"));
    fireEvent.click(await screen.findByTestId("later-7"));
    await waitFor(() => expect(asked.some(({ method }) => method === "POST")).toBe(true));
    const body = asked.find(({ method }) => method === "POST")?.body as { result: string; note: string; until: string };
    expect([body.result, body.note]).toEqual(["later", "在出差"]);
    expect(Math.round((Date.parse(body.until) - Date.now()) / 86_400_000)).toBe(7);
    expect(asked.some(({ path }) => path.startsWith("/reminders/rules"))).toBe(false);
  });

  it("stands on the page of the person it is about", async () => {
    const asked = serve(around);
    open(() => <OpenReminders person="p7" />, "/people/p7");
    expect((await screen.findByTestId("person-reminders")).textContent).toContain("香薰快用完了");
    expect(asked[0]?.path).toBe("/reminders?person=p7&state=due&limit=5");
  });

  it("is asked for by the address", () => {
    expect(reminderFilters(new URLSearchParams(""))).toEqual({ state: "due" });
    expect(reminderFilters(new URLSearchParams("state=all&who=mine&person=p7&rule=%20r1%20"))).toEqual({ mine: true, person: "p7", rule: "r1" });
    expect(reminderFilters(new URLSearchParams("state=nonsense"))).toEqual({ state: "due" });
  });
});

describe("rules", () => {
  it("begin with a sample where there is none, and show whom they remind of before they are set", async () => {
    const asked = serve({ ...around, "GET /reminders": { items: [], next: null }, "GET /reminders/rules": { items: [], next: null }, "POST /reminders/rules": [201, RULE] });
    open(RemindersPage, "/reminders");
    fireEvent.click(await screen.findByTestId("sample-repurchase"));
    expect((await screen.findByTestId("rule-preview-words")).textContent).toBe("「支付订单」，且 items.name 包含「香薰」之后 3 个月，10:00 提醒");
    await waitFor(() => expect(screen.getByTestId("rule-preview-count").textContent).toBe("2"));
    fireEvent.click(screen.getByTestId("rule-save"));
    await waitFor(() => expect(asked.some(({ method, path }) => method === "POST" && path === "/reminders/rules")).toBe(true));
    const body = asked.find(({ method, path }) => method === "POST" && path === "/reminders/rules")?.body;
    expect(body).toMatchObject({ name: "香薰回购", at: "10:00", units: [], terms: { kind: "after", wait: { count: 3, unit: "month" }, per: "person" } });
  });

  it("are read in plain words, and turned off", async () => {
    const asked = serve({ ...around, "PATCH /reminders/rules/r1": { ...RULE, on: false } });
    open(RemindersPage, "/reminders?view=rules");
    expect((await screen.findByTestId("rule-words")).textContent).toContain("之后 3 个月，10:00 提醒");
    fireEvent.click(screen.getByTestId("rule-switch"));
    await waitFor(() => expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({ on: false }));
  });

  it("say what is missing, and are not handed in", async () => {
    const asked = serve(around);
    open(RemindersPage, "/reminders?view=rules&new=1");
    fireEvent.click(await screen.findByTestId("rule-save"));
    expect(await screen.findByText("给规则起个名字")).toBeTruthy();
    expect(asked.some(({ method, path }) => method === "POST" && path === "/reminders/rules")).toBe(false);
  });

  it("are not for who may only answer", async () => {
    serve({ ...around, "GET /session": session("do_reach") });
    open(RemindersPage, "/reminders?view=rules&new=1");
    expect(await screen.findByTestId("reminder-cards")).toBeTruthy();
    expect(screen.queryByTestId("rule-form") ?? screen.queryByTestId("rule-create")).toBeNull();
  });
});

describe("a draft", () => {
  const whole: RuleDraft = { ...NEW, name: "n", script: "{name}您好" };

  it("comes back as it was read", () => {
    expect(bodyOf(draftOf(RULE as never)).terms).toEqual(RULE.terms);
    const repeated = { ...RULE, terms: { ...RULE.terms, per: "order", unless: { event: "Refunded", filters: [] }, repeat: { every: { count: 1, unit: "week" }, times: 2 } } };
    expect(bodyOf(draftOf(repeated as never)).terms).toEqual(repeated.terms);
    const day = { ...RULE, terms: { kind: "festival", festival: "qixi", audience: "fans", days_before: 2 } };
    expect(bodyOf(draftOf(day as never)).terms).toEqual(day.terms);
  });

  it("knows what it lacks", () => {
    expect([...faultsOf(whole)]).toEqual([]);
    expect([...faultsOf({ ...whole, script: "{phone}" })]).toEqual(["placeholder"]);
    expect(unknownPlaceholder("{name}，{store}")).toBeNull();
    expect([...faultsOf({ ...whole, wait: { count: 121, unit: "month" }, at: "" })].sort()).toEqual(["time", "wait"]);
    expect([...faultsOf({ ...whole, kind: "festival" })]).toEqual(["festival"]);
    expect(previewOf({ ...whole, name: "", script: "" })).toMatchObject({ name: "-", script: "-" });
    expect(previewOf({ ...whole, fact: { event: null, filters: [] } })).toBeNull();
  });
});

describe("the calendar", () => {
  it("says days as Chinese do, and every festival has a name", () => {
    expect([[1, 1], [8, 15], [12, 8], [11, 20], [5, 30]].map(([month, day]) => lunarDay({ month: month ?? 0, day: day ?? 0, leap: false }))).toEqual(["正月初一", "八月十五", "腊月初八", "冬月二十", "五月三十"]);
    expect(lunarDay({ month: 6, day: 21, leap: true })).toBe("闰六月廿一");
    expect(Object.keys(zh.reminders.festival).sort()).toEqual([...FESTIVALS].sort());
  });
});
