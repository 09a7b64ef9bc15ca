import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Order } from "@/api/shop";
import { open, refused, serve } from "@/testing/open";
import { OrdersPage } from "./OrdersPage";
import { leftOf } from "./RefundDialog";

const session = { staff: { id: "s", name: "方渡", email: "f@x", role: "owner", unit: null }, permissions: ["read_shop", "manage_shop"] };
const order: Order = {
  id: "o1", customer: { namespace: "user", value: "lin" }, state: "paid", buyer: { in_app: false }, delivery: "ship", handing: "waiting", given: null, note: null, campaign: null,
  address: { name: "林晓", phone: "138****5678", text: "上海" },
  quote: {
    lines: [{ product: "p1", variant: "v1", name: "绘本", quantity: 3, base: 4000, steps: [{ kind: "rule", id: "r1", name: "金卡", price: 3333 }], unit: 3333, amount: 9999, off: 0, payable: 9999 }],
    discounts: [], goods: 9999, discount: 0, payable: 9999,
  },
  payments: [{ number: "o1-0", provider: "sandbox", amount: 9999, state: "paid", reference: null, begun_at: "2026-11-01T00:00:00Z", paid_at: "2026-11-01T00:00:05Z" }],
  refunds: [{ place: 0, number: "o1-r0", amount: 3333, lines: [{ variant: "v1", quantity: 1, parts: { cash: 3333, coupon: 0, points: 0, reward: 0 } }], restock: true, cause: "asked", reason: null, state: "done", asked_at: "2026-11-02T00:00:00Z", settled_at: "2026-11-02T00:00:05Z" }],
  refunded: 3333, refund_state: "done", created_at: "2026-11-01T00:00:00Z", expires_at: "2026-11-01T00:30:00Z", paid_at: "2026-11-01T00:00:05Z", closed_at: null,
};
const around = { "GET /session": session, "GET /shop/orders": { items: [order], next: null }, "GET /shop/orders/o1": order };
afterEach(() => vi.unstubAllGlobals());

describe("orders", () => {
  it("stand with what was bought and what went back", async () => {
    serve(around);
    open(OrdersPage, "/orders?state=paid");
    const table = await screen.findByTestId("order-table");
    expect(table.textContent).toContain("绘本 × 3");
    expect(table.textContent).toContain("33.33");
    expect(screen.getByTestId("orders-csv").getAttribute("href")).toBe("/api/v1/shop/orders?state=paid&limit=1000&format=csv");
  });

  it("say that there are none, and what went wrong", async () => {
    serve({ ...around, "GET /shop/orders": { items: [], next: null } });
    open(OrdersPage, "/orders");
    await screen.findByTestId("empty");
    vi.unstubAllGlobals();
    serve({ ...around, "GET /shop/orders": refused(403) });
    open(OrdersPage, "/orders");
    await screen.findByTestId("problem");
  });

  it("show their price as a ladder, and what would go back before it does", async () => {
    const preview = { lines: [], total: { cash: 6666, coupon: 0, points: 0, reward: 0 }, whole: true };
    const asked = serve({ ...around, "POST /shop/orders/o1/refunds/preview": preview, "POST /shop/orders/o1/refunds": [201, preview] });
    open(OrdersPage, "/orders?order=o1");
    expect((await screen.findByTestId("ladder")).textContent).toContain("金卡");
    fireEvent.click(await screen.findByTestId("order-refund"));
    expect((await screen.findByTestId("refund-preview")).textContent).toContain("66.66");
    fireEvent.click(screen.getByText(/^退回/));
    await waitFor(() => expect(asked.find(({ method, path }) => method === "POST" && path.endsWith("/refunds"))?.body).toEqual({ lines: [{ variant: "v1", quantity: 2 }], restock: true, cash: 6666 }));
  });

  it("know what is left to go back", () => {
    expect(leftOf(order)).toEqual([{ variant: "v1", name: "绘本", left: 2 }]);
  });
});
