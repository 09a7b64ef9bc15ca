import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, serve } from "@/testing/open";
import { LedgerPage } from "./LedgerPage";

const LIN = "subject:wechat:openid:wxA:lin";
const account = (kind: string, balance: number) => ({ unit: "points", owner: LIN, kind, balance, held: 0, free: balance, came: 100, went: 100 - balance });
const transfer = (chain: string, step: number, amount: number) => ({
  chain, step, op: "now", unit: "points", amount, from: { owner: "world:issuer", kind: "external" }, to: { owner: LIN, kind: "own" },
  code: "points.given", reference: "活动补偿", settles: null, ends_at: null, at: "2026-11-20T01:00:00Z",
});
const session = { workspace: { id: 1, name: "一" }, staff: { id: "boss", name: "boss" }, permissions: ["see_ledger", "give_points"], scope: { kind: "all", units: [] } };
const answers = () => ({
  "GET /session": session,
  "GET /ledger/units": { items: ["fen", "points"], next: null },
  "GET /ledger/accounts": { items: [account("own", 80), account("debt", -20)], next: null },
  "GET /ledger/transfers": { items: [transfer("points:1", 1, 80)], next: null },
  "GET /ledger/chains/points%3A1": { items: [transfer("points:1", 0, 20), transfer("points:1", 1, 80)], next: null },
  "GET /ledger/reconciliation": { right: true, at: "2026-11-20T01:00:00Z", differences: [], more: false },
  "POST /ledger/points": [201, { chain: "points:2", owner: LIN, points: 100 }] as [number, unknown],
});
afterEach(() => vi.unstubAllGlobals());

describe("the ledger", () => {
  it("shows accounts, the transfers of one, and what happened together", async () => {
    const asked = serve(answers());
    const router = open(LedgerPage, "/ledger");
    const accounts = await screen.findByTestId("ledger-accounts");
    expect(within(accounts).getAllByText("-20")).toHaveLength(2);
    expect(screen.getByTestId("ledger-csv").getAttribute("href")).toContain("unit=points");
    fireEvent.click(screen.getAllByTestId("ledger-account")[0] as HTMLElement);
    await screen.findByText("活动补偿");
    expect(router.state.location.search).toContain("account=own.subject");
    fireEvent.click(within(screen.getByTestId("ledger-transfers")).getByRole("button", { name: /展开|expand/i }));
    expect(within(await screen.findByTestId("ledger-chain")).getAllByText("活动补偿")).toHaveLength(2);
    expect(asked.some(({ path }) => path.startsWith("/ledger/transfers?") && path.includes("kind=own"))).toBe(true);
  });

  it("says whether the books are right, and which accounts are not", async () => {
    const all: Record<string, unknown> = answers();
    serve(all);
    open(LedgerPage, "/ledger");
    fireEvent.click(await screen.findByTestId("ledger-check"));
    expect((await screen.findByTestId("ledger-checked")).textContent).toContain("账是平的");
    all["GET /ledger/reconciliation"] = { right: false, at: "2026-11-20T01:00:00Z", differences: [{ kept: account("own", 85), told: account("own", 80) }], more: false };
    fireEvent.click(screen.getByTestId("ledger-check"));
    await waitFor(() => expect(screen.getByTestId("ledger-checked").textContent).toMatch(/1 个账户与流水不符.*85.*80/s));
  });

  it("gives points under a key that stays the same until something is changed", async () => {
    const all: Record<string, unknown> = { ...answers(), "POST /ledger/points": [422, { title: "refused", status: 422, code: "invalid", errors: [{ field: "person", message: "nobody of this id can own points" }] }] };
    const asked = serve(all);
    open(LedgerPage, "/ledger");
    fireEvent.click(await screen.findByTestId("ledger-give"));
    fireEvent.change(await screen.findByTestId("points-person"), { target: { value: "p1" } });
    fireEvent.change(screen.getByTestId("points-amount"), { target: { value: "100" } });
    fireEvent.change(screen.getByTestId("points-reason"), { target: { value: "活动补偿" } });
    fireEvent.click(screen.getByTestId("points-submit"));
    expect((await screen.findByTestId("points-problem")).textContent).toContain("nobody");
    all["POST /ledger/points"] = answers()["POST /ledger/points"];
    fireEvent.click(screen.getByTestId("points-submit"));
    await screen.findByText("已发放 100 积分");
    const sent = asked.filter(({ method }) => method === "POST");
    expect(sent.at(-1)?.body).toEqual({ person: "p1", points: 100, reason: "活动补偿" });
  });

  it("is told as empty before anything was counted", async () => {
    serve({ ...answers(), "GET /ledger/units": { items: [], next: null } });
    open(LedgerPage, "/ledger");
    await screen.findByText("账本还是空的");
  });
});
