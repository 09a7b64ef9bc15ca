import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, refused, serve } from "@/testing/open";
import { factFilters } from "./filters";
import { snippetFor } from "./snippets";
import { SourcesPage } from "./SourcesPage";
import { minutesOf } from "./volume";

// Drawn on a canvas, which jsdom does not have.
vi.mock("@/app/parts/Chart", () => ({ Chart: () => null, chartBase: () => ({ axis: {}, text: {}, tooltip: {} }) }));
afterEach(() => vi.unstubAllGlobals());

const fact = (offset: number, event: string) => ({
  offset, event, type: "track", message_id: `m-${offset}`, source: "key:k1", user_id: "u1", anonymous_id: null, timestamp: "2026-11-22T08:00:00Z",
  original_timestamp: null, sent_at: null, received_at: "2026-11-22T08:00:01Z", properties: { pages: 3 }, context: null,
});
const volume = { items: [{ minute: "2026-11-22T08:00:00Z", source: "key:k1", source_name: "小程序", accepted: 5, rejected: 2 }], next: null };
const session = { permissions: ["read_facts", "manage_keys"] };

describe("what arrives", () => {
  it("is shown the newest first, opens on Enter, and stands still while paused", async () => {
    const answers: Record<string, unknown> = { "GET /facts": { items: [fact(2, "Order Paid"), fact(1, "Page Read")], next: null }, "GET /facts/volume": volume, "GET /session": session };
    serve(answers);
    open(SourcesPage, "/settings/sources");
    const row = await screen.findByLabelText("查看 Order Paid 的详情");
    expect(screen.getByTestId("live-status").textContent).toBe("实时");
    fireEvent.keyDown(window, { key: "k" });
    await waitFor(() => expect(screen.getByTestId("live-status").textContent).toBe("已暂停"));
    fireEvent.keyDown(row, { key: "Enter" });
    expect((await screen.findByTestId("fact-json")).textContent).toContain('"offset": 2');
    await waitFor(() => expect(screen.getAllByText("小程序").length).toBeGreaterThan(0));
  });

  it("is filtered by its address", async () => {
    const asked = serve({ "GET /facts": { items: [], next: "77" }, "GET /facts/volume": volume, "GET /session": session });
    open(SourcesPage, "/settings/sources?event=Order%20Paid&source=key:k1&type=track&person=p42");
    await screen.findByText("没有符合条件的结果");
    const path = asked.find((each) => each.path.startsWith("/facts?"))?.path ?? "";
    const query = new URLSearchParams(path.slice("/facts?".length));
    expect(Object.fromEntries(query)).toEqual({ event: "Order Paid", source: "key:k1", type: "track", person: "p42", order: "newest", limit: "100" });
    fireEvent.click(screen.getByTestId("facts-older"));
    await waitFor(() => expect(asked.some((each) => each.path.includes("after=77"))).toBe(true));
  });

  it("is a snippet while there is nothing", async () => {
    serve({ "GET /facts": { items: [], next: null }, "GET /facts/volume": { items: [], next: null }, "GET /session": session, "GET /keys": { items: [] } });
    open(SourcesPage, "/settings/sources");
    await screen.findByText("还没有事件");
    expect(screen.getByTestId("connect-code").textContent).toContain("AnalyticsBrowser.load");
  });

  it("says when it may not be seen", async () => {
    serve({ "GET /facts": refused(403), "GET /facts/volume": refused(403) });
    open(SourcesPage, "/settings/sources");
    await screen.findByText("没有权限查看");
  });
});

describe("what was rejected", () => {
  const item = { id: 9, at: "2026-11-22T08:00:00Z", door: "facts", source: "key:k1", source_name: "小程序", reason: "brand_only", message: "told why", event: "Spread Started", message_id: null, bytes: 80, excerpt: '{"event":"Spread Started"}' };

  it("tells the reason in words and exports the same", async () => {
    serve({ "GET /facts/rejected": { items: [item, { ...item, id: 8, reason: "moon" }], next: null }, "GET /facts/volume": volume });
    open(SourcesPage, "/settings/sources?tab=rejected&reason=brand_only");
    const table = await screen.findByTestId("rejected-table");
    expect(table.textContent).toContain("写入密钥不能发");
    expect(table.textContent).toContain("moon");
    expect(screen.getByTestId("rejected-csv").getAttribute("href")).toBe("/api/v1/facts/rejected?reason=brand_only&format=csv");
  });
});

describe("snippets", () => {
  it("are filled with the key, but no page with a secret one", () => {
    expect(snippetFor("web", "https://sl.example", "slw_abc").code).toContain('writeKey: "slw_abc",\n  cdnURL: "https://sl.example"');
    for (const place of ["web", "mini"] as const) expect(snippetFor(place, "https://sl.example", "sls_abc").code).not.toContain("sls_abc");
    for (const place of ["node", "python", "curl"] as const) expect(snippetFor(place, "https://sl.example", "sls_abc").code).toContain("sls_abc");
  });

  it("take a key that was just made", async () => {
    const key = { id: "k1", kind: "write", name: "x", prefix: "slw_9fK2", created_at: "2026-11-18T02:11:00Z", last_used_at: null };
    serve({ "GET /session": session, "GET /keys": { items: [key] }, "POST /keys": { ...key, key: "slw_9fK2new" }, "GET /facts/volume": volume });
    open(SourcesPage, "/settings/sources?tab=connect");
    fireEvent.click(await screen.findByTestId("connect-create"));
    await waitFor(() => expect(screen.getByTestId("connect-code").textContent).toContain("slw_9fK2new"));
    fireEvent.change(screen.getByTestId("connect-key"), { target: { value: "sls_secret" } });
    await screen.findByTestId("connect-secret");
    await screen.findByTestId("connect-unknown");
  });
});

describe("the volume", () => {
  it("fills the minutes in which nothing came", () => {
    const sums = minutesOf(volume.items, 3, Date.parse("2026-11-22T08:01:30Z"));
    expect(sums.sources).toEqual([{ source: "key:k1", name: "小程序", accepted: [0, 5, 0] }]);
    expect(sums.rejected).toEqual([0, 2, 0]);
  });

  it("believes the server's clock when the browser's is behind", () => {
    expect(minutesOf(volume.items, 2, 0).rejected).toEqual([0, 2]);
  });
});

it("an address names one person, and no kind that there is not", () => {
  expect(factFilters(new URLSearchParams("type=dance&user_id=u1&person=p2&event="))).toEqual({ user_id: "u1" });
});
