import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { SourceAlarm, SourceHealth } from "@/api/types";
import { open, refused, serve } from "@/testing/open";
import { HealthPage } from "./HealthPage";
import { behind } from "./SourceDetail";

// Drawn on a canvas, which jsdom does not have.
vi.mock("@/app/parts/Chart", () => ({ Chart: () => null, chartBase: () => ({ axis: {}, text: {}, tooltip: {} }) }));
afterEach(() => vi.unstubAllGlobals());

const day = { accepted: 1200, rejected: 300, reject_rate: 0.2, id_coverage: 0.5 };
const alarm = (kind: string, more: Partial<SourceAlarm> = {}): SourceAlarm => ({ kind, urgent: false, since: null, usual: null, now: null, names: [], more: 0, advice: "told in English", ...more });
const source = (name: string, more: Partial<SourceHealth> = {}): SourceHealth => ({
  source: `key:${name}`, source_name: name, state: "fine", first_at: "2026-11-01T00:00:00Z", last_at: "2026-11-22T08:00:00Z", silent_secs: 90, day, day_before: day,
  alarms: [], gaps: [], hours: [{ hour: "2026-11-22T08:00:00Z", accepted: 3, rejected: 1, quiet_end: 2 }], ...more,
});
const shapes = [
  { source: "key:小程序", event: "Seen", property: null, kind: null, first_at: "2026-11-01T00:00:00Z", last_at: "2026-11-22T08:00:00Z", times: 9, change: null },
  { source: "key:小程序", event: "Seen", property: "price", kind: "text", first_at: "2026-11-22T00:00:00Z", last_at: "2026-11-22T08:00:00Z", times: 2, change: "other_kind" },
];

describe("how the sources are doing", () => {
  it("says what is the matter and what to do, and leads to the facts", async () => {
    const silent = alarm("silent", { urgent: true, since: "2026-11-22T05:00:00Z", usual: 40 });
    serve({
      "GET /facts/health": { items: [source("小程序", { state: "alarm", silent_secs: 3 * 3600, alarms: [silent, alarm("other_kind", { names: ["Seen.price"] })] }), source("网页")], next: null },
      "GET /facts/health/shapes": { items: shapes, next: null },
    });
    const router = open(HealthPage, "/health");
    expect((await screen.findAllByTestId("health-row")).map((row) => row.getAttribute("data-state"))).toEqual(["alarm", "fine"]);
    expect(screen.getByTestId("health-alarms").textContent).toContain("平时至少有 40 条");
    expect(screen.getByTestId("health-alarms").textContent).toContain("密钥被停用或更换");
    expect(screen.getByText("3 小时前")).toBeTruthy();
    await screen.findByText("price");
    fireEvent.click(screen.getByTestId("shapes-changed"));
    await waitFor(() => expect(screen.queryByText("9")).toBeNull());
    fireEvent.keyDown(screen.getByLabelText("查看 网页 的健康状况"), { key: "Enter" });
    await waitFor(() => expect(router.state.location.search).toContain("source=key"));
    expect(screen.queryByTestId("health-alarms")).toBeNull();
  });

  it("says so when there is nothing, or when it may not be seen", async () => {
    serve({ "GET /facts/health": { items: [], next: null } });
    open(HealthPage, "/health");
    await screen.findByText("还没有数据");
    serve({ "GET /facts/health": refused(403) });
    open(HealthPage, "/health");
    await screen.findByText("没有权限查看");
  });

  it("finds the facts behind an alarm", () => {
    expect(behind("key:k1", alarm("rejecting"))).toBe("/settings/sources?source=key%3Ak1&tab=rejected");
    expect(behind("key:k1", alarm("gone", { names: ["Seen.price"] }))).toBe("/settings/sources?source=key%3Ak1&event=Seen");
    expect(behind("key:k1", alarm("new", { names: ["A", "B"] }))).toBe("/settings/sources?source=key%3Ak1");
  });
});
