import { screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, refused, serve } from "@/testing/open";
import { bytes, span } from "./measures";
import { SystemPage } from "./SystemPage";

const words = (zh: string) => ({ zh, en: zh });
const STATUS = {
  version: "0.1.0", started_at: "2026-11-20T08:00:00Z", at: "2026-11-22T11:30:00Z", engine: "PostgreSQL", ready: true, memory_bytes: 200 * 2 ** 20,
  stored: { records_bytes: null, log_bytes: 3 * 2 ** 30, lake_bytes: 2 ** 20, live_bytes: 512, free_bytes: 40 * 2 ** 30, total_bytes: 80 * 2 ** 30 },
  facts: { accepted: 57012, waiting: 0, in_lake: 57000, lake_waiting: 12, lake_files: 7 },
  findings: [
    { check: "disk", verdict: "good", found: words("剩余 40 GiB") },
    { check: "tls", verdict: "warn", found: words("证书剩 9 天"), advice: words("请续期证书") },
  ],
};
afterEach(() => vi.unstubAllGlobals());

describe("the system page", () => {
  it("shows what is stored, how far facts have come, and what to look at", async () => {
    serve({ "GET /system": STATUS });
    open(SystemPage, "/settings/system");
    expect((await screen.findByTestId("system-verdict")).textContent).toContain("1 处需要留意");
    for (const text of ["2 天 3 小时", "在 PostgreSQL", "3.0 GiB", "57,012", "→ 请续期证书", "TLS 证书"]) {
      expect(screen.getByText(text)).toBeTruthy();
    }
    expect(screen.getByTestId("system-docs").getAttribute("href")).toBe("/docs");
  });

  it("says so when the role does not have it", async () => {
    serve({ "GET /system": refused(403) });
    open(SystemPage, "/settings/system");
    expect(await screen.findByTestId("problem")).toBeTruthy();
  });

  it("measures in words", () => {
    expect([bytes(999), bytes(1536), bytes(5 * 2 ** 40)]).toEqual(["999 B", "1.5 KiB", "5.0 TiB"]);
    expect(span(59_000)).toMatchObject({ unit: "minutes", minutes: 0 });
    expect(span(3_660_000)).toMatchObject({ unit: "hours", hours: 1, minutes: 1 });
    expect(span(-5)).toMatchObject({ unit: "minutes", minutes: 0 });
  });
});
