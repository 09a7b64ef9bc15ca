import { configure, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RingRow, RingView } from "@/api/types";
import { open, serve } from "@/testing/open";
import { moved } from "./Effects";
import { filtersOf } from "./filters";
import { FraudPage } from "./FraudPage";
import { layOut } from "./layOut";

configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });
afterEach(() => vi.unstubAllGlobals());

const ring: RingRow = {
  id: "r-1", kind: "accounts", score: 91, size: 6, visible: 6, verdict: "open", units: [{ id: "store-1", name: "一店" }], campaigns: ["spring"],
  reasons: [{ sign: "device", value: 6, usual: 4, weight: 0.65, words: { zh: "6 个账号使用同一设备 #A3F2", en: "6 accounts on one device, #A3F2" } }],
  found_at: "2026-11-22T01:00:00Z", seen_at: "2026-11-22T01:00:00Z", decided_at: null, decided_by: null, why: null,
};
const list = (items: RingRow[]) => ({
  items, next: null, counts: { open: items.length, held: 0, confirmed: 0, cleared: 2 }, last_search: null, score_min: 60,
  signs: [{ sign: "device", weight: 0.65, rule: { zh: "同一设备上有 4 个以上账号", en: "at least 4 accounts on one device" } }],
});
const koc = (person: string, before: number | null, after: number | null, reach: [number, number], is_out = false) =>
  ({ person, name: null, before, after, reach_before: reach[0], reach_after: reach[1], is_out });
const view: RingView = {
  ring,
  people: [0, 1, 2].map((place) => ({ place, person: place === 2 ? null : `p${place}`, name: null, unit: { id: "store-2", name: "二店" }, is_head: place === 1 })),
  shared: [{ kind: "device", label: "A3F2", sharer: null, name: null, people: [0, 1, 2] }, { kind: "ip", label: "00FF", sharer: null, name: null, people: [] }],
  arrivals: [{ place: 0, by: 1, at: "2026-11-22T01:00:00Z" }, { place: 2, by: null, at: "2026-11-22T01:00:30Z" }],
  effects: [{ campaign: { id: "spring", name: "春季书单" }, people: 6, kocs: [koc("p7", 1, 3, [9, 3]), koc("p8", 2, 1, [4, 4]), koc("p9", 3, 3, [2, 2])] }],
};

describe("the filters of an address", () => {
  it("are those of the API, and rings to review stand first", () => {
    expect(filtersOf(new URLSearchParams(""))).toEqual({ verdict: "open" });
    expect(filtersOf(new URLSearchParams("verdict=all&kind=star&sort=score&unit=s"))).toEqual({ kind: "star", sort: "score", unit: "s" });
    expect(filtersOf(new URLSearchParams("verdict=banned&kind=x"))).toEqual({ verdict: "open" });
  });
});

describe("the picture of a ring", () => {
  it("has a line for each use and each invitation, and leaves out what nobody shares", () => {
    const { people, things, lines } = layOut(view);
    expect([people.length, things.length, people[0]?.isHead]).toEqual([3, 1, true]);
    expect(lines.map(({ kind }) => kind)).toEqual(["device", "device", "device", "brought"]);
  });
  it("tells of those who move alone", () => {
    expect(moved(view.effects[0]?.kocs ?? []).map(({ person }) => person)).toEqual(["p7", "p8"]);
  });
});

describe("reviewing", () => {
  it("says why, asks before it decides, and decides with the reason given", async () => {
    const asked = serve({ "GET /fraud/rings": list([ring]), "GET /fraud/rings/r-1": view, "POST /fraud/decisions": { items: [] }, "GET /units": { items: [], next: null } });
    open(FraudPage, "/fraud");
    expect(await screen.findByText("6 个账号使用同一设备 #A3F2")).toBeTruthy();
    fireEvent.click(screen.getByTestId("ring-open"));
    const effects = await screen.findByTestId("ring-effects");
    expect(effects.textContent).toContain("p7：第 1 名 → 第 3 名（影响 9 → 3 人）");
    expect(screen.getByText("二店的一位顾客")).toBeTruthy();
    fireEvent.click(await screen.findByTestId("ring-to-held"));
    fireEvent.change(await screen.findByTestId("ring-why"), { target: { value: " 同一台手机 " } });
    fireEvent.click(screen.getByTestId("ring-decide-yes"));
    await waitFor(() => expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ rings: ["r-1"], verdict: "held", why: "同一台手机" }));
    fireEvent.click(await screen.findByTestId("ring-undo"));
    await waitFor(() => expect(asked.filter(({ method }) => method === "POST").at(-1)?.body).toEqual({ rings: ["r-1"], verdict: "open", why: null }));
  });

  it("says what is looked for when nothing was found, and that no search was made", async () => {
    serve({ "GET /fraud/rings": list([]), "GET /units": { items: [], next: null } });
    open(FraudPage, "/fraud");
    expect(await screen.findByText("没有发现疑似羊毛党")).toBeTruthy();
    expect(within(screen.getByTestId("rings-rules")).getByText("同一设备上有 4 个以上账号")).toBeTruthy();
    expect(screen.getByTestId("rings-last").textContent).toContain("还没有排查过");
  });
});
