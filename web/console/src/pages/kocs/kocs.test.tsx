import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { BoardRow, KocBoard } from "@/api/types";
import { open, refused, serve } from "@/testing/open";
import { KocsPage } from "./KocsPage";

const row = (rank: number, name: string): BoardRow => ({
  rank, person: `p${rank}`, name, city: "杭州", campaign: "spring", root: "p1", unit: { id: "store-1", name: "一店" }, circle: 1, is_fan: rank === 1,
  joined_at: "2026-11-20T00:00:00Z", is_koc: rank === 1, score: 6 - rank, direct_invites: 9, fans_brought: 3, reach: 40, campaigns: 2,
  before: [{ days: 1, rank: rank + 4, score: 2 }, { days: 7, rank: null, score: null }, { days: 30, rank: null, score: null }],
  invites_by_day: Array.from({ length: 30 }, (_, day) => day % 3),
  terms: [{ term: "invites", value: 9, points: 2.3, words: { zh: "2 次活动共直接带来 9 人", en: "brought 9 people directly in 2 campaigns" } }],
});

const board = (more: Partial<KocBoard> = {}): KocBoard => ({
  as_of: "2026-11-22T00:00:00Z", campaign: null, items: [row(1, "林晓"), row(2, "王原")], next: null, total: 2, kocs: 1, ranked: 200, suspicious: 3,
  threshold: { by: "percent", value: 1, score: 5, kocs: 2, is_set: true }, beliefs: { share: { mean: 2, strength: 3 }, fans: { mean: 0.5, strength: 8 } },
  scores: { from: 0, width: 1, counts: [150, 40, 6, 2, 1, 1] }, units: [{ unit: { id: "store-1", name: "一店" }, city: "杭州", people: 200, kocs: 2 }],
  circles: [{ circle: 1, people: 200, kocs: 2 }], ...more,
});

const session = { staff: { id: "s", name: "方渡", email: "f@x", role: "owner", unit: null }, permissions: ["read_network", "manage_campaigns"] };
const around = { "GET /session": session, "GET /campaigns": { items: [], next: null } };

describe("the KOC board", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("ranks people with their reasons, and says who was left out", async () => {
    serve({ ...around, "GET /network/kocs": board() });
    open(KocsPage, "/kocs?kind=fan");
    expect((await screen.findAllByTestId("board-name")).map((name) => name.textContent)).toEqual(["林晓", "王原"]);
    expect(screen.getByTestId("board-suspicious").textContent).toContain("3");
    expect(screen.getAllByTestId("board-name")[0]?.getAttribute("href")).toBe("/people/p1");
    expect(screen.getAllByTestId("board-reach")[0]?.closest("a")?.getAttribute("href")).toBe("/reach?to=p1");
    expect(screen.getByTestId("board-csv").getAttribute("href")).toContain("kind=fan");
  });

  it("tries a threshold by key, and asks before anything is saved", async () => {
    const asked = serve({ ...around, "GET /network/kocs": board(), "PUT /network/kocs/threshold": { board: "across", by: "score", value: 5.03 } });
    open(KocsPage, "/kocs");
    fireEvent.keyDown(await screen.findByTestId("board-line"), { key: "ArrowRight" });
    await waitFor(() => expect(asked.some(({ path }) => path.includes("threshold_by=score") && path.includes("threshold=5.03"))).toBe(true));
    expect(asked.every(({ method }) => method === "GET")).toBe(true);
    fireEvent.click(await screen.findByTestId("board-threshold-save"));
    await waitFor(() => expect(asked.find(({ method }) => method === "PUT")?.body).toEqual({ board: "across", by: "score", value: 5.03 }));
  });

  it("says why it is empty, and what went wrong", async () => {
    const none = board({ items: [], total: 0, ranked: 0, kocs: 0, suspicious: 0, scores: { from: 0, width: 0, counts: [] } });
    serve({ ...around, "GET /network/kocs": none });
    open(KocsPage, "/kocs");
    expect(await screen.findByTestId("empty")).toBeTruthy();
  });

  it("tells a refusal", async () => {
    serve({ ...around, "GET /network/kocs": refused(404) });
    open(KocsPage, "/kocs?campaign=gone");
    expect(await screen.findByTestId("problem")).toBeTruthy();
  });
});
