import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ImportMapping } from "@/api/types";
import { open, refused, serve } from "@/testing/open";
import { ImportsPage } from "./ImportsPage";
import { amountWords, complaintOf, outcomeOf } from "./words";

const COUNTS = { rows: 4, new: 2, changed: 0, same: 0, rejected: 2, taken_back: 0 };
const ROW = {
  id: "im-1", kind: "orders", name: "五月订单.xlsx", written: "XLSX", state: "done", progress: null, columns: ["会员号", "时间", "金额"],
  mapping: { columns: ["user_id", "at", "amount"], zone: "+08:00", currency: "CNY", campaign: null }, rows: 4, counts: COUNTS,
  created_at: "2026-11-20T01:00:00Z", created_by: "staff:lin", created_by_name: "林晓", finished_at: "2026-11-20T01:01:00Z",
};
afterEach(() => vi.unstubAllGlobals());

describe("imports", () => {
  it("lists what was brought, and shows how far the work is", async () => {
    serve({ "GET /imports": { items: [ROW, { ...ROW, id: "im-2", state: "running", progress: 0.4 }], next: null } });
    open(ImportsPage, "/imports");
    expect((await screen.findAllByText("五月订单.xlsx")).length).toBe(2);
    expect(screen.getAllByText("新订单 2 · 不导入 2").length).toBe(2);
    expect(screen.getByText("40%")).toBeTruthy();
  });

  it("says when there is none, and when it is not allowed", async () => {
    serve({ "GET /imports": { items: [], next: null } });
    open(ImportsPage, "/imports");
    await screen.findByTestId("empty");
    vi.unstubAllGlobals();
    serve({ "GET /imports": refused(403) });
    open(ImportsPage, "/imports?kind=orders");
    await screen.findByTestId("problem");
  });

  it("refuses a file that is too large before it is sent", async () => {
    const asked = serve({ "GET /imports": { items: [], next: null } });
    open(ImportsPage, "/imports");
    await screen.findByTestId("empty");
    const file = new File(["x"], "big.csv");
    Object.defineProperty(file, "size", { value: 51 << 20 });
    fireEvent.change(document.querySelector("input[type=file]") as Element, { target: { files: [file] } });
    await waitFor(() => expect(screen.getByTestId("import-refused").textContent).toContain("50 MB"));
    expect(asked.every(({ method }) => method === "GET")).toBe(true);
  });

  it("knows what a mapping lacks", () => {
    const mapping = (columns: string[]): ImportMapping => ({ columns, zone: "+08:00", currency: "CNY", campaign: null });
    expect(complaintOf("people", mapping(["", "phone"]))).toBe("needPerson");
    expect(complaintOf("people", mapping(["user_id", "phone", "phone"]))).toBe("twice");
    expect(complaintOf("orders", mapping(["user_id", "at"]))).toBe("needAmount");
    expect(complaintOf("orders", mapping(["user_id", "amount"]))).toBe("needAt");
    expect(complaintOf("orders", mapping(["user_id", "amount", "at"]))).toBe(null);
  });

  it("writes money by its currency and rows by their outcome", () => {
    expect(amountWords(1230, "CNY", "zh")).toContain("12.30");
    expect(amountWords(1980, "JPY", "zh")).toContain("1,980");
    const row = { line: 2, cells: [], verdict: null, reason: null, reason_zh: null, fact: null };
    expect(outcomeOf(row)).toBe(null);
    expect(outcomeOf({ ...row, reason: "no", reason_zh: "不" })).toBe("rejected");
    expect(outcomeOf({ ...row, verdict: "same" })).toBe("same");
  });
});
