import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { GuardReport, Play } from "@/api/plays";
import { open, serve } from "@/testing/open";
import { NewPlayPage } from "./EditPlay";
import { PlayPage } from "./PlayPage";
import { PlaysPage } from "./PlaysPage";
import { KINDS, settled, template, worstCost } from "./templates";

const NOW = Date.parse("2026-11-23T08:00:00Z");
const kept: GuardReport = { may_run: true, rulings: [{ code: "prize_cap", name: { zh: "奖品上限", en: "Prize cap" }, verdict: "kept", field: "rewards.value_fen", lawful: { zh: "好", en: "Fine" } }], cost: { worst_fen: 750_000, budget_fen: 750_000, rewards: 500 } };
const refusing: GuardReport = { ...kept, may_run: false, rulings: [{ code: "share_to_claim", name: { zh: "禁止诱导分享", en: "No reward for sharing" }, verdict: "refused", field: "edge.earned_by", lawful: { zh: "按好友真实参与计数", en: "Count what friends do" } }, ...kept.rulings] };
const play = (more: Partial<Play>): Play => ({
  id: "k1", name: "0元领书", phase: "draft", kind: "free_gift", channel: "mini_program", revision: 1, starts_at: "2026-11-23T08:00:00Z", ends_at: "2026-12-07T08:00:00Z",
  created_at: "2026-11-23T08:00:00Z", launched_at: null, budget_fen: 750_000, declaration: settled(template("free_gift", NOW)), guard: kept,
  numbers: { begun: 12, completed: 9, helped: 36, newcomers: 35, held_fen: 1500, spent_fen: 7500, fen_per_newcomer: 214, stocks: [{ reward: "gift", name: "图书一本", stock: 500, held: 1, given: 5, left: 494 }] },
  ...more,
});
const me = { "GET /session": { permissions: ["read_campaigns", "manage_campaigns"], scope: { kind: "all" } } };

afterEach(() => vi.unstubAllGlobals());

describe("plays", () => {
  it("begin with examples whose budget is what they cost, and whose odds are whole", () => {
    for (const kind of KINDS) {
      const one = settled(template(kind, NOW));
      expect([kind, one.budget_fen]).toEqual([kind, worstCost(one)]);
      for (const { at } of one.thresholds ?? []) if (one.progress.by === "count" || one.progress.by === "paid_seats") expect(one.terms.text).toContain(String(at));
      if (one.chance?.of === "lottery") expect(one.chance.none_ppm + one.chance.prizes.reduce((sum, { ppm }) => sum + ppm, 0)).toBe(1_000_000);
    }
  });

  it("are listed with what they cost, and an empty list offers an example", async () => {
    serve({ ...me, "GET /plays": { items: [play({ phase: "live" })], next: null } });
    open(PlaysPage, "/plays");
    expect((await screen.findByTestId("play-link")).textContent).toBe("0元领书");
    expect(screen.getByTestId("play-table").textContent).toContain("¥75.00");
  });

  it("tell what is refused, and what would be allowed", async () => {
    const asked = serve({ ...me, "POST /play-checks": { flaws: [], guard: refusing }, "POST /plays": [201, play({})] });
    const router = open(NewPlayPage, "/plays/new?kind=free_gift", "/plays/new");
    const rule = await screen.findByTestId("rule-share_to_claim");
    expect(rule.textContent).toContain("按好友真实参与计数");
    expect(screen.getByTestId("guard-verdict").textContent).toContain("1 条规则不允许上线");
    fireEvent.change(screen.getByTestId("play-name"), { target: { value: "开学领书" } });
    fireEvent.click(screen.getByTestId("play-save"));
    await waitFor(() => expect(router.state.location.pathname).toBe("/plays/k1"));
    expect(asked.find(({ method, path }) => method === "POST" && path === "/plays")?.body).toMatchObject({ name: "开学领书", declaration: { kind: "free_gift" } });
  });

  it("are launched by typing their name", async () => {
    const asked = serve({ ...me, "GET /plays/k1": play({}), "POST /play-checks": { flaws: [], guard: kept }, "POST /plays/k1/launch": play({ phase: "live" }), "GET /plays/k1/rewards": { items: [], next: null }, "GET /plays/k1/ledger": { rows: [], agrees: true } });
    open(PlayPage, "/plays/k1", "/plays/:play");
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("play-launch").disabled).toBe(false));
    fireEvent.click(screen.getByTestId("play-launch"));
    expect(screen.getByTestId<HTMLButtonElement>("launch-confirm").disabled).toBe(true);
    fireEvent.change(screen.getByTestId("launch-name"), { target: { value: "0元领书" } });
    fireEvent.click(screen.getByTestId("launch-confirm"));
    await waitFor(() => expect(asked.find(({ path }) => path === "/plays/k1/launch")?.body).toEqual({ name: "0元领书", revision: 1 }));
  });

  it("are watched while they run, and stopped at once", async () => {
    const asked = serve({ ...me, "GET /plays/k1": play({ phase: "live" }), "PUT /plays/k1/phase": play({ phase: "paused" }), "GET /plays/k1/rewards": { items: [], next: null }, "GET /plays/k1/ledger": { rows: [], agrees: true } });
    open(PlayPage, "/plays/k1", "/plays/:play");
    expect((await screen.findByTestId("stock-gift")).textContent).toContain("还剩 494");
    fireEvent.click(await screen.findByTestId("play-pause"));
    await screen.findByTestId("play-resume");
    expect(asked.find(({ path }) => path === "/plays/k1/phase")?.body).toEqual({ phase: "paused" });
    await waitFor(() => expect(screen.getByTestId("play-reconciled").textContent).toContain("一致"));
  });
});
