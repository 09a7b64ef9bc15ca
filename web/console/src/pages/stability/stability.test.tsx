import { fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, refused, serve } from "@/testing/open";
import { StabilityPage } from "./StabilityPage";

vi.mock("@/app/parts/Chart", () => ({ Chart: () => null, chartBase: () => ({ axis: {}, text: {}, tooltip: {} }) }));

const who = (person: string, name: string) => ({ person, name, unit: { id: "s1", name: "一店" }, is_root: false, ties: 3 });
const VIEW = {
  as_of: "2026-11-20T01:00:00Z", offset: 9, people: 100, ties: 120, groups: 2, giant: 90, giant_share: 0.9, molloy_reed: 6.5, cut_persons: 7, bridges: 11,
  curve: [{ fraction: 0, by_degree: 0.9, by_reach: 0.9, random: 0.9, random_low: 0.9, random_high: 0.9 }], runs: 30,
};
const house = (more: Record<string, unknown> = {}) =>
  serve({
    "GET /network/stability": VIEW,
    "GET /network/stability/units": { loss: 0.05, items: [] },
    "GET /network/stability/persons": { total: 7, items: [{ rank: 1, ...who("p7", "林晓"), hanging: 12, parts: 3, units: [{ unit: null, people: 12 }] }] },
    "GET /network/stability/bridges": { total: 11, items: [] },
    "GET /network/stability/leave": { person: who("p7", "林晓"), roots: 1, before: 99, lost: 12, pieces_total: 1, pieces: [{ people: 12, members: [who("p9", "周宁")], mend: { from: who("p3", "许安"), to: who("p9", "周宁") } }] },
    ...more,
  });
afterEach(() => vi.unstubAllGlobals());

describe("stability", () => {
  it("names those on whom the network hangs, and what breaks when one leaves", async () => {
    house();
    const router = open(StabilityPage, "/stability");
    fireEvent.click(await screen.findByTestId("cut-leave"));
    expect((await screen.findByTestId("leave-lost")).textContent).toContain("12");
    expect(router.state.location.search).toBe("?person=p7");
    expect(screen.getByTestId("leave-result").textContent).toContain("许安");
  });

  it("says when somebody is not there", async () => {
    house({ "GET /network/stability/leave": refused(404) });
    open(StabilityPage, "/stability?person=p99");
    expect(await screen.findByText(/TA 没有任何关系/)).toBeTruthy();
  });

  it("waits while the server works it out", async () => {
    house({ "GET /network/stability": [202, { working: 0.25 }] });
    open(StabilityPage, "/stability");
    expect((await screen.findByTestId("working")).textContent).toContain("25%");
  });

  it("says when there are no ties", async () => {
    house({ "GET /network/stability": { ...VIEW, people: 0 } });
    open(StabilityPage, "/stability");
    await screen.findByTestId("empty");
  });
});
