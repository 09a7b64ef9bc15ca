import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, refused, serve } from "@/testing/open";
import { AccountPage } from "./AccountPage";

const at = { created_at: "2026-11-20T01:00:00Z", seen_at: "2026-11-22T01:00:00Z", expires_at: "2026-12-20T01:00:00Z" };
const SESSIONS = { items: [{ id: "here", agent: "Chrome · Windows", current: true, ...at }, { id: "there", agent: null, current: false, ...at }] };
const SESSION = { staff: { name: "周", email: "zhou@example.com", role: "owner" } };
afterEach(() => vi.unstubAllGlobals());

describe("one's own account", () => {
  it("ends a sign-in elsewhere, never the one that looks", async () => {
    const asked = serve({ "GET /session": SESSION, "GET /sessions": SESSIONS, "DELETE /sessions/there": [204, null] });
    open(AccountPage, "/account");
    const table = await screen.findByTestId("session-table");
    expect(within(table).getAllByTestId("session-end")).toHaveLength(1);
    within(table).getByText("未知设备");
    fireEvent.click(within(table).getByTestId("session-end"));
    await waitFor(() => expect(asked.some(({ method, path }) => method === "DELETE" && path === "/sessions/there")).toBe(true));
  });

  it("ends all others when asked twice", async () => {
    const asked = serve({ "GET /session": SESSION, "GET /sessions": SESSIONS, "DELETE /sessions": [204, null] });
    open(AccountPage, "/account");
    fireEvent.click(await screen.findByTestId("session-end-others"));
    fireEvent.click(await screen.findByTestId("session-end-others-yes"));
    await waitFor(() => expect(asked.some(({ method, path }) => method === "DELETE" && path === "/sessions")).toBe(true));
  });

  it("says when there were too many tries at the password", async () => {
    serve({ "GET /session": SESSION, "GET /sessions": SESSIONS, "POST /session/password": refused(429) });
    open(AccountPage, "/account");
    for (const id of ["old-password", "new-password", "new-password-again"]) fireEvent.change(screen.getByTestId(id), { target: { value: "a long sesame" } });
    fireEvent.click(screen.getByTestId("password-submit"));
    expect((await screen.findByTestId("password-error")).textContent).toContain("尝试次数过多");
  });
});
