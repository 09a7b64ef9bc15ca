import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, refused, serve } from "@/testing/open";
import { OrganisationPage } from "./OrganisationPage";

const MEMBER = { id: "s2", name: "韩梅梅", email: "han@example.com", role: "store_manager", unit: null, active: true };
const house = (permissions: string[], more: Record<string, unknown> = {}) =>
  serve({
    "GET /session": { staff: MEMBER, permissions },
    "GET /units": { items: [] },
    "GET /staff": { items: [MEMBER] },
    "GET /invitations": { items: [] },
    ...more,
  });
const type = (id: string, value: string) => fireEvent.change(screen.getByTestId(id), { target: { value } });
afterEach(() => vi.unstubAllGlobals());

describe("the people of a brand", () => {
  it("are only looked at by those who may not manage them", async () => {
    house(["read_organisation"]);
    open(OrganisationPage, "/organisation");
    await screen.findByTestId("staff-table");
    expect(screen.queryByTestId("invite-open")).toBeNull();
    expect(screen.queryByTestId("staff-edit")).toBeNull();
  });

  it("are invited by a link shown once", async () => {
    const asked = house(["manage_staff"], { "POST /invitations": [201, { id: "i", email: "li@example.com", role: "store_manager", path: "/invitation#k7pm" }] });
    open(OrganisationPage, "/organisation");
    fireEvent.click(await screen.findByTestId("invite-open"));
    await screen.findByTestId("invite-email");
    type("invite-email", " li@example.com ");
    fireEvent.click(screen.getByTestId("invite-submit"));
    expect((await screen.findByTestId("once-value")).textContent).toContain(`${window.location.origin}/invitation#k7pm`);
    expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ email: "li@example.com", role: "store_manager" });
  });

  it("are changed, and shut out", async () => {
    const asked = house(["manage_staff"], { "PATCH /staff/s2": MEMBER });
    open(OrganisationPage, "/organisation");
    fireEvent.click(await screen.findByTestId("staff-edit"));
    await screen.findByTestId("staff-name");
    type("staff-name", "韩梅");
    fireEvent.click(screen.getByTestId("staff-active"));
    fireEvent.click(screen.getByTestId("staff-save"));
    await waitFor(() =>
      expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({ name: "韩梅", role: "store_manager", unit: null, active: false }),
    );
  });

  it("get a new password shown once, or the reason why not", async () => {
    const answers: Record<string, unknown> = { "POST /staff/s2/reset-password": refused(409) };
    house(["manage_staff"], answers);
    open(OrganisationPage, "/organisation");
    fireEvent.click(await screen.findByTestId("staff-edit"));
    fireEvent.click(await screen.findByTestId("staff-reset"));
    fireEvent.click(await screen.findByTestId("staff-reset-yes"));
    await screen.findByTestId("staff-error");
    house(["manage_staff"], { "POST /staff/s2/reset-password": { password: "made-for-them" } });
    fireEvent.click(screen.getByTestId("staff-reset"));
    fireEvent.click(await screen.findByTestId("staff-reset-yes"));
    expect((await screen.findByTestId("once-value")).textContent).toContain("made-for-them");
  });
});
