import { fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, refused, serve } from "@/testing/open";
import { LightsPage } from "./LightsPage";
import { layWater } from "./waterLayout";

vi.mock("@/app/parts/Chart", () => ({ Chart: () => null, chartBase: () => ({ axis: {}, text: {}, tooltip: {} }) }));

const row = (light: string, root: string, people: number) => ({
  light, name: `灯塔书店·${light}`, unit: { id: light, name: `灯塔书店·${light}` }, root, roots: 1, people, fans: 4, visitors: people - 4,
  bands: { well: 2, weak: 3, barely: people - 5 }, circles: [2, 3, people - 5, 0, 0], depth: 3, share_levels: 4, shared: 6, alone: people - 6, shared_elsewhere: 0, away: 0, growth: [people], complete: true,
});
const LIST = {
  as_of: "2026-11-20T01:00:00Z", offset: 9, threshold: 0.002, weak_from: 0.02, well_from: 0.1, hops_max: 5, known: 40, lit: 24,
  bands: { well: 4, weak: 6, barely: 14 }, dark: 16, dark_reasons: { untied: 1, cut_off: 15, too_far: 0, too_faint: 0 },
  points: ["2026-11-19T16:00:00Z"], step_secs: 86400, growth: [24], items: [row("西湖店", "p1", 18), row("小寨店", "p2", 12)], others: null,
};
const house = (more: Record<string, unknown> = {}) =>
  serve({
    "GET /campaigns": { items: [], next: null },
    "GET /network/lights": LIST,
    "GET /network/light-overlaps": { lights: LIST.items, pairs: [{ a: 0, b: 1, both: 6, jaccard: 0.25 }] },
    "GET /network/dark-water": { total: 16, reasons: LIST.dark_reasons, sources: [], items: [] },
    "GET /network/new-lights": { dim: 30, considered: 12, items: [{ rank: 1, person: "p9", name: "林", unit: null, ties: 5, alone: 8, gain: 8, dark: 3, together: 8 }] },
    ...more,
  });
afterEach(() => vi.unstubAllGlobals());

describe("the water", () => {
  it("shows each light, names without what all have in common, and opens one", async () => {
    const asked = house({ "GET /network/light": { ...LIST.items[0], as_of: LIST.as_of, points: LIST.points, step_secs: 86400, lamps: [], campaigns: [], homes: [], overlaps: [] }, "GET /network/light/people": { total: 0, away: 0, items: [] } });
    const router = open(LightsPage, "/lights");
    expect((await screen.findAllByTestId("light-open")).map((each) => each.textContent)).toEqual(["西湖店", "小寨店"]);
    expect(screen.getByTestId("lights-lit").textContent).toBe("24");
    await screen.findByTestId("overlap-matrix");
    fireEvent.keyDown(screen.getAllByTestId("water-light")[0] as Element, { key: "Enter" });
    await screen.findByTestId("light-circles");
    expect(router.state.location.search).toContain("light=");
    expect(asked.some(({ path }) => path.startsWith("/network/light?by=unit&light="))).toBe(true);
  });

  it("waits while the server works it out, and says what went wrong", async () => {
    house({ "GET /network/lights": [202, { working: 0.4 }] });
    open(LightsPage, "/lights");
    expect((await screen.findByTestId("working")).textContent).toContain("40%");
  });

  it("says when there is none, and when it is not allowed", async () => {
    house({ "GET /network/lights": { ...LIST, items: [] } });
    open(LightsPage, "/lights");
    await screen.findByTestId("empty");
    vi.unstubAllGlobals();
    house({ "GET /network/lights": refused(403) });
    open(LightsPage, "/lights?by=staff");
    await screen.findByTestId("problem");
  });

  it("lays lights that share people over one another, and keeps the others apart, the same every time", () => {
    const lay = () => layWater([400, 300, 200], [{ a: 0, b: 1, both: 270, jaccard: 0.6 }], 50, 1000, 500);
    const { discs, dark } = lay();
    const apart = (a: number, b: number): number => Math.hypot(discs[a]!.x - discs[b]!.x, discs[a]!.y - discs[b]!.y);
    expect(apart(0, 1)).toBeLessThan(discs[0]!.r + discs[1]!.r);
    expect(apart(0, 2)).toBeGreaterThan(discs[0]!.r + discs[2]!.r - 1);
    expect(apart(1, 2)).toBeGreaterThan(discs[1]!.r + discs[2]!.r - 1);
    expect(dark.length).toBe(50);
    expect(lay()).toEqual({ discs, dark, width: 1000, height: 500 });
  });
});
