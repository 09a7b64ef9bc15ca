import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Product } from "@/api/shop";
import { open, refused, serve } from "@/testing/open";
import { fen, yuan } from "./money";
import { ruleDraftOf } from "./PriceRules";
import { ProductsPage } from "./ProductsPage";

const session = { staff: { id: "s", name: "方渡", email: "f@x", role: "owner", unit: null }, permissions: ["read_shop", "manage_shop"] };
const product: Product = {
  id: "p1", name: "晚安，月亮", description: "", image: null, delivery: "ship", on_sale: true, created_at: "2026-11-01T00:00:00Z", changed_at: "2026-11-01T00:00:00Z",
  variants: [{ id: "v1", name: "精装", sku: null, price: 4900, floor: 3900, on_sale: true, reference_price: null, free: 7, held: 2 }],
};
const around = { "GET /session": session, "GET /shop/products": { items: [product], next: null }, "GET /shop/products/p1": product, "GET /shop/products/p1/stock": { items: [], next: null } };
afterEach(() => vi.unstubAllGlobals());

describe("products", () => {
  it("stand with price and stock, and can be taken along as a table", async () => {
    serve(around);
    open(ProductsPage, "/products?sale=on");
    const table = await screen.findByTestId("product-table");
    expect(table.textContent).toContain("49.00");
    expect(screen.getByTestId("products-csv").getAttribute("href")).toBe("/api/v1/shop/products?on_sale=true&limit=1000&format=csv");
  });

  it("say that there are none, and what went wrong", async () => {
    serve({ ...around, "GET /shop/products": { items: [], next: null } });
    open(ProductsPage, "/products");
    await screen.findByTestId("empty");
    vi.unstubAllGlobals();
    serve({ ...around, "GET /shop/products": refused(403) });
    open(ProductsPage, "/products");
    await screen.findByTestId("problem");
  });

  it("are made with prices in fen", async () => {
    const asked = serve({ ...around, "POST /shop/products": [201, { id: "p2" }] });
    open(ProductsPage, "/products?product=new");
    await screen.findByTestId("product-save");
    fireEvent.change(screen.getByTestId("product-name"), { target: { value: "香薰" } });
    fireEvent.change(screen.getByTestId("variant-price"), { target: { value: "128.5" } });
    fireEvent.click(screen.getByTestId("product-save"));
    await waitFor(() => expect(asked.find(({ method }) => method === "POST")?.body).toEqual({
      name: "香薰", description: "", delivery: "ship", on_sale: true, variants: [{ name: "", price: 12850, on_sale: true }],
    }));
  });

  it("read amounts to the fen, and refuse what is none", () => {
    expect([fen("49"), fen("0.1"), fen("12.34"), fen("12.345"), fen("-1"), fen("")]).toEqual([4900, 10, 1234, null, null, null]);
    expect(yuan(4905)).toBe("49.05");
    const rule = ruleDraftOf({ name: " 金卡 ", on: true, kind: "percent", value: "20", level: "gold" }, null);
    expect(rule).toEqual({ name: "金卡", on: true, effect: { kind: "percent", off_bp: 2000 }, buyers: { level: "gold" }, goods: { kind: "all" } });
  });
});
