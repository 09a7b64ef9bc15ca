import { configure, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, refused, serve } from "@/testing/open";
import { SeedsPage } from "./SeedsPage";
import { WhatifPage } from "./WhatifPage";

vi.mock("@/app/parts/Chart", () => ({ Chart: () => null, chartBase: () => ({ axis: {}, text: {}, tooltip: {} }) }));
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });
afterEach(() => vi.unstubAllGlobals());

const words = (text: string) => ({ zh: text, en: text });
const estimate = (mean: number) => ({ mean, stderr: 1 });
const store = { unit: "s1", name: "一店" };
const answers = { factor: 0.4, newcomers: 0.5, campaigns: 1, bins: [{ ties: 90, said: 0.2, happened: 0.21 }] };
const row = (kind: string, more = {}) => ({ id: "st1", kind, name: "冬", state: "done", progress: 1, created_at: "2026-11-22T00:00:00Z", created_by: "周", finished_at: null, ...more });
const NOTHING = { asked_seeds: null, asked_forecast: null, seeds: null, forecast: null, failure: null };
const choice = (name: string, mean: number) => ({ choice: name, seeds: 1, people: estimate(mean), worth: estimate(mean), behind: estimate(0), cost_minor: 500, cost_per_worth_minor: 50 });
const SEEDS = {
  ...NOTHING, ...row("seeds"),
  seeds: {
    people: 100, candidates: 80, kept_out: 14, certificate: 0.71, promise: "count", promised: 0.53, words: words("至少是最优选法的 71%"), sets: 1000, worlds: 2000, answers,
    choices: [choice("seeds", 12), choice("reach", 10), choice("two_hop", 11)],
    seeds: [{ rank: 1, person: "p7", name: "林晓", store, gain: 12.2, cost_minor: 500, forced: false, anyway: 0, ties: 3, invites: 2, campaigns: 1, reasons: [words("与 3 人有联系")] }],
    stores: [{ store, seeds: 1, people: estimate(12), people_by_reach: estimate(10), people_by_two_hop: estimate(11) }],
  },
};
const levels = (to: number) => Object.fromEntries(["p5", "p10", "p25", "p50", "p75", "p90", "p95"].map((level) => [level, [to / 2, to]]));
const range = (middle: number) => ({ low: middle / 2, middle, high: middle * 2 });
const FORECAST = {
  ...NOTHING, ...row("forecast"),
  forecast: {
    starts: 40, so_far: { campaign: "book-list", people: 40, fans: 30, hours: [-10, 0], people_by: [1, 40], fans_by: [1, 30] }, hours: [12, 24],
    people: levels(90), fans: levels(60), newcomers: 0, cost_minor: range(0), cost_per_fan_minor: null, answers, checks: [], words: words("请只当作粗略估计"), runs: 500,
    stores: [{ store, seeds: 40, people: range(90), fans: range(60) }],
    habits: { kinds: [{ mean: 9, k: 1, people: 4, wait_hours: 3 }], alike: 3, trees: 4 },
  },
};
const house = (more: Record<string, unknown> = {}) =>
  serve({
    "GET /units": { items: [{ id: "s1", name: "一店", kind: "store", parent: null }], next: null },
    "GET /campaigns": { items: [{ id: "book-list", name: "书单", people: 40, fans: 30, roots: 1 }], next: null },
    "GET /network/studies": { items: [], next: null },
    "GET /network/studies/st1": SEEDS,
    "POST /network/seed-plans": [202, row("seeds", { state: "waiting", progress: 0 })],
    "POST /network/forecasts": [202, row("forecast", { state: "waiting", progress: 0 })],
    ...more,
  });
const posted = (asked: ReturnType<typeof house>) => asked.find(({ method }) => method === "POST")?.body;

describe("the seed planner", () => {
  it("asks with what single people cost and how many of a store at most", async () => {
    const asked = house();
    const router = open(SeedsPage, "/seeds");
    await screen.findByTestId("seeds-form");
    expect(await screen.findByText("还没有方案")).toBeTruthy();
    fireEvent.click(screen.getByText("更多条件"));
    fireEvent.click(screen.getByTestId("costs-add"));
    fireEvent.change(await screen.findByLabelText("用户"), { target: { value: "p42" } });
    fireEvent.change(screen.getByLabelText("成本"), { target: { value: "12.5" } });
    fireEvent.click(screen.getByTestId("seeds-start"));
    await waitFor(() => expect(posted(asked)).toMatchObject({ count: 50, costs: [{ person: "p42", cost_minor: 1250 }], stores: [] }));
    await waitFor(() => expect(router.state.location.search).toBe("?study=st1"));
  });

  it("does not ask with what is no person", async () => {
    const asked = house();
    open(SeedsPage, "/seeds");
    fireEvent.click(await screen.findByText("更多条件"));
    fireEvent.click(screen.getByTestId("costs-add"));
    fireEvent.change(await screen.findByLabelText("用户"), { target: { value: "林晓" } });
    fireEvent.click(screen.getByTestId("seeds-start"));
    expect(await screen.findByText(/「林晓」不是用户编号/)).toBeTruthy();
    expect(posted(asked)).toBeUndefined();
  });

  it("tells the plan, its certificate, its rivals and who was left out", async () => {
    house();
    open(SeedsPage, "/seeds?study=st1");
    expect((await screen.findByTestId("certificate")).textContent).toContain("71%");
    expect(screen.getByTestId("choices").textContent).toContain("按以往传播力排名");
    expect(screen.getByTestId("seed-table").textContent).toContain("与 3 人有联系");
    expect(screen.getByTestId("seeds-kept-out").textContent).toContain("14");
    expect(screen.getByTestId("study-csv").getAttribute("href")).toContain("/network/studies/st1?format=csv");
  });

  it("says how far it is, that it was interrupted, and why there is no answer", async () => {
    house({ "GET /network/studies/st1": { ...SEEDS, state: "running", progress: 0.4, seeds: null } });
    open(SeedsPage, "/seeds?study=st1");
    expect((await screen.findByRole("status")).textContent).toContain("可以离开这一页");
    house({ "GET /network/studies/st1": { ...SEEDS, state: "interrupted", seeds: null } });
    open(SeedsPage, "/seeds?study=st1");
    expect(await screen.findByText(/服务器中途停过/)).toBeTruthy();
    house({ "GET /network/studies/st1": { ...SEEDS, state: "failed", seeds: null, failure: words("没有算完") } });
    open(SeedsPage, "/seeds?study=st1");
    expect(await screen.findByText("没有算完")).toBeTruthy();
    house({ "GET /network/studies/st1": refused(404) });
    open(SeedsPage, "/seeds?study=st1");
    expect(await screen.findByTestId("problem")).toBeTruthy();
  });
});

describe("what if", () => {
  it("plays on a campaign that is under way, and names nobody beside it", async () => {
    const asked = house();
    const router = open(WhatifPage, "/whatif?from=running&campaign=book-list");
    fireEvent.click(await screen.findByTestId("forecast-start"));
    await waitFor(() => expect(posted(asked)).toMatchObject({ campaign: "book-list", people: [], plan: null, stores: [], days: 14 }));
    await waitFor(() => expect(router.state.location.search).toContain("study=st1"));
  });

  it("plays one that has not begun from the people named", async () => {
    const asked = house();
    open(WhatifPage, "/whatif");
    fireEvent.change(await screen.findByTestId("people-ids"), { target: { value: "p3, p4" } });
    fireEvent.click(screen.getByTestId("forecast-start"));
    await waitFor(() => expect(posted(asked)).toMatchObject({ campaign: null, people: ["p3", "p4"] }));
  });

  it("tells where the campaign stands and where it may come to", async () => {
    house({ "GET /network/studies/st1": FORECAST });
    open(WhatifPage, "/whatif?study=st1");
    expect((await screen.findByTestId("forecast-starts")).textContent).toContain("现在有 40 人，其中粉丝 30");
    expect(screen.getByTestId("trust").textContent).toContain("粗略估计");
    expect(screen.getByTestId("forecast-stores").textContent).toContain("一店");
  });
});
