import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, refused, serve } from "@/testing/open";
import { AuditPage } from "./AuditPage";
import { dayOf, startOf } from "./filters";

const entry = (id: number, action: string) => ({ id, at: "2026-11-20T01:00:00Z", actor: "staff:s1", actor_name: "周以宁", action, subject: "unit:store-66", before: { name: "旧店名" }, after: { name: "新店名" }, request_id: "r-1" });
afterEach(() => vi.unstubAllGlobals());

describe("the change log", () => {
  it("shows who did what, and what it was before", async () => {
    serve({ "GET /audit": { items: [entry(2, "unit.changed"), entry(1, "moon.painted")], next: null } });
    open(AuditPage, "/organisation/audit");
    await screen.findByText("修改组织");
    screen.getByText("moon.painted");
    fireEvent.click(screen.getAllByRole("button", { name: /展开|expand/i })[0] as HTMLElement);
    expect((await screen.findByTestId("audit-change")).textContent).toMatch(/旧店名.*新店名/s);
  });

  it("filters by its address, and exports the same", async () => {
    const asked = serve({ "GET /audit": { items: [entry(1, "unit.changed")], next: null } });
    const router = open(AuditPage, "/organisation/audit?action=unit.changed");
    await screen.findByTestId("audit-table");
    expect(asked.some(({ path }) => path === "/audit?action=unit.changed")).toBe(true);
    expect(screen.getByTestId("audit-csv").getAttribute("href")).toBe("/api/v1/audit?action=unit.changed&format=csv");
    const subject = screen.getByTestId("audit-subject");
    fireEvent.change(subject, { target: { value: "unit:store-66" } });
    fireEvent.blur(subject);
    await waitFor(() => expect(router.state.location.search).toContain("subject=unit%3Astore-66"));
  });

  it("goes on where the page before ended", async () => {
    const answers: Record<string, unknown> = { "GET /audit": { items: [entry(9, "unit.changed")], next: "9" } };
    const asked = serve(answers);
    open(AuditPage, "/organisation/audit");
    const more = await screen.findByTestId("audit-more");
    answers["GET /audit"] = { items: [entry(8, "unit.created")], next: null };
    fireEvent.click(more);
    await screen.findByText("新增组织", { selector: "td" });
    await waitFor(() => expect(asked.some(({ path }) => path === "/audit?after=9")).toBe(true));
  });

  it("says when there is nothing, and when it is not allowed", async () => {
    serve({ "GET /audit": { items: [], next: null } });
    open(AuditPage, "/organisation/audit");
    await screen.findByText("还没有操作记录");
    serve({ "GET /audit": refused(403) });
    open(AuditPage, "/organisation/audit");
    await screen.findByText("没有权限查看");
  });

  it("keeps whole days of the browser's place", () => {
    expect(dayOf(startOf("2026-11-20"))).toBe("2026-11-20");
    expect(dayOf(startOf("2026-11-30", 1), -1)).toBe("2026-11-30");
    expect(startOf("")).toBeNull();
  });
});
