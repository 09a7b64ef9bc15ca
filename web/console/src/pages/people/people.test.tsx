import { configure, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { TimelineItem } from "@/api/types";
import { open, serve } from "@/testing/open";
import { filtersOf } from "./filters";
import { PeoplePage } from "./PeoplePage";
import { PersonPage } from "./PersonPage";
import { byDay, sentenceOf } from "./sentence";

// The page waits for the last key; a busy machine makes that longer.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });
afterEach(() => vi.unstubAllGlobals());

const deed = (change: Partial<TimelineItem>): TimelineItem =>
  ({ offset: 1, at: "2026-11-22T01:00:00Z", type: "track", event: "Cart Filled", campaign: null, title: null, sharer: null, amount_minor: null, currency: null, fact: null, ...change });

describe("the sentence of a fact", () => {
  const names = new Map([["spring", "春日书单"]]);
  it("names what it was about, by its title or its campaign", () => {
    const kind = (change: Partial<TimelineItem>) => sentenceOf(deed(change), names).kind;
    expect(sentenceOf(deed({ event: "Spread Opened", campaign: "spring", sharer: { person: "p2", name: "李娜" } }), names)).toEqual({ kind: "opened", title: "春日书单", event: "Spread Opened" });
    expect(sentenceOf(deed({ campaign: "spring", title: "小王子" }), names).title).toBe("小王子");
    expect(sentenceOf(deed({ campaign: "autumn" }), names).title).toBe("autumn");
    expect([kind({ event: "Spread Shared" }), kind({ event: "Spread Started" }), kind({ amount_minor: 990 }), kind({ amount_minor: 990, campaign: "spring" })]).toEqual(["shared", "started", "paid", "paidIn"]);
    expect([kind({ type: "identify" }), kind({ type: "page" }), kind({}), kind({ title: "x" })]).toEqual(["identified", "viewed", "other", "otherOf"]);
  });

  it("stands under the day it happened", () => {
    const days = byDay([deed({ offset: 3, at: "2026-11-22T01:00:00Z" }), deed({ offset: 2, at: "2026-11-22T00:00:00Z" }), deed({ offset: 1, at: "2026-11-21T00:00:00Z" })], (at) => at.slice(0, 10));
    expect(days.map(({ day, items }) => [day, items.map((item) => item.offset)])).toEqual([["2026-11-22", [3, 2]], ["2026-11-21", [1]]]);
  });
});

describe("the filters of an address", () => {
  it("are those of the API, and days end at a full hour", () => {
    const now = Date.parse("2026-11-22T10:42:00Z");
    expect(filtersOf(new URLSearchParams("q=%20zw%20&kind=fan&days=7&unit=store-1&other=1"), now)).toEqual({ q: "zw", kind: "fan", unit: "store-1", seen_from: "2026-11-15T10:00:00.000Z" });
    expect(filtersOf(new URLSearchParams("kind=nobody&days=x"), now)).toEqual({});
  });
});

describe("finding people", () => {
  const row = (person: string, name: string | null) => ({ person, name, matched: "pinyin", is_fan: true, phone_masked: "170****5678", city: "杭州", first_seen: null, last_seen: null, unit: null, campaigns: 1, reach: 3 });

  it("asks what was typed, counts what it found, and leads to the first on Enter", async () => {
    const asked = serve({ "GET /persons": { items: [row("p7", "张伟"), row("p9", null)], next: null, total: 2, total_is_exact: false }, "GET /units": { items: [], next: null } });
    const router = open(PeoplePage, "/people?kind=fan");
    const field = await screen.findByTestId("people-search");
    fireEvent.change(field, { target: { value: "zw" } });
    await waitFor(() => expect(asked.some(({ path }) => path.includes("q=zw") && path.includes("kind=fan"))).toBe(true));
    expect((await screen.findAllByTestId("people-name")).map((link) => link.textContent)).toEqual(["张伟", "p9"]);
    await waitFor(() => expect(screen.getByTestId("people-total").textContent).toBe("至少 2 人"));
    fireEvent.keyDown(field, { key: "Enter" });
    await waitFor(() => expect(router.state.location.pathname).toBe("/people/p7"));
  });

  it("says what to do when nobody is like that", async () => {
    serve({ "GET /persons": { items: [], next: null, total: 0, total_is_exact: true }, "GET /units": { items: [], next: null } });
    const router = open(PeoplePage, "/people?q=nobody");
    fireEvent.click(await screen.findByTestId("people-clear"));
    await waitFor(() => expect(router.state.location.search).toBe(""));
    expect((await screen.findByTestId("empty")).textContent).toContain("还没有用户");
  });
});

describe("a person's own data", () => {
  const person = { person: "p7", name: "林晓", is_fan: true, phone_masked: "170****5678", wechat_masked: null, city: null, first_seen: null, last_seen: null, facts: 1, events: [], identities: [] };
  const purposes = (["contact", "marketing", "profiling", "sharing"] as const).map((purpose) => ({ purpose, is_given: purpose === "contact", since: null }));
  const session = { id: "s", name: "陈宇", permissions: ["read_network", "reveal_personal", "manage_privacy"] };

  it("is shown in full only for a reason, and what was agreed to is told", async () => {
    const asked = serve({
      "GET /session": session, "GET /persons/p7": person, "GET /persons/p7/network": { person: "p7", campaigns: [] }, "GET /persons/p7/timeline": { items: [], next: null },
      "GET /persons/p7/consents": { purposes, items: [] }, "POST /persons/p7/reveal": { person: "p7", field: "phone", value: "17012345678" }, "GET /campaigns": { items: [], next: null },
    });
    open(PersonPage, "/people/p7", "/people/:person");
    fireEvent.click(await screen.findByTestId("reveal-phone"));
    const field = await screen.findByTestId("reason");
    fireEvent.keyDown(field, { key: "Enter" });
    fireEvent.keyUp(field, { key: "Enter" });
    fireEvent.change(field, { target: { value: "回访" } });
    fireEvent.keyDown(field, { key: "Enter" });
    await screen.findByText("17012345678");
    expect(asked.filter(({ path }) => path.includes("/reveal"))).toHaveLength(1);
    expect((await screen.findByTestId("consent-contact")).getAttribute("aria-checked")).toBe("true");
    expect(screen.getByTestId("consent-sharing").getAttribute("aria-checked")).toBe("false");
  });
});
