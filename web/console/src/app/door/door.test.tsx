import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { InvitationPage } from "@/pages/invitation/InvitationPage";
import { PasswordPage } from "@/pages/password/PasswordPage";
import { SetupPage } from "@/pages/setup/SetupPage";
import { SignInPage } from "@/pages/signin/SignInPage";
import { open, refused, serve } from "@/testing/open";

const GOOD = "a long sesame";
const SESSION = { staff: { name: "周" }, must_change_password: false };
const type = (id: string, value: string) => fireEvent.change(screen.getByTestId(id), { target: { value } });
const choose = (password: string, again = password) => {
  type("new-password", password);
  type("new-password-again", again);
};
afterEach(() => vi.unstubAllGlobals());

describe("the first minute of an installation", () => {
  const fill = async () => {
    await screen.findByTestId("setup-form");
    type("setup-brand", " 灯塔书店 ");
    type("setup-name", "李雷");
    type("setup-email", "lilei@example.com");
    choose(GOOD);
    fireEvent.click(screen.getByTestId("setup-submit"));
  };

  it("begins at the door", async () => {
    serve({ "GET /setup": { needed: true } });
    const router = open(SignInPage, "/signin");
    await waitFor(() => expect(router.state.location.pathname).toBe("/setup"));
  });

  it("makes the brand with the token of the link and goes inside", async () => {
    const asked = serve({ "GET /setup": { needed: true }, "POST /setup": [201, SESSION] });
    open(SetupPage, "/setup#tok");
    await fill();
    await screen.findByTestId("inside");
    expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ token: "tok", brand: "灯塔书店", name: "李雷", email: "lilei@example.com", password: GOOD });
  });

  it("says that the token was wrong", async () => {
    serve({ "GET /setup": { needed: true }, "POST /setup": refused(403) });
    open(SetupPage, "/setup#tok");
    await fill();
    expect((await screen.findByTestId("setup-error")).textContent).toContain("口令不对");
  });

  it("is over when there is a brand", async () => {
    serve({ "GET /setup": { needed: false } });
    const router = open(SetupPage, "/setup");
    await waitFor(() => expect(router.state.location.pathname).toBe("/signin"));
  });
});

describe("a password somebody else made", () => {
  it("is changed before anything else", async () => {
    const answers: Record<string, unknown> = { "GET /session": { ...SESSION, must_change_password: true }, "POST /session/password": [204, null] };
    const asked = serve(answers);
    const router = open(PasswordPage, "/password?next=%2Fcampaigns");
    await screen.findByTestId("password-form");
    type("old-password", "given");
    choose(GOOD);
    answers["GET /session"] = SESSION;
    fireEvent.click(screen.getByTestId("password-submit"));
    await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns"));
    expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ old_password: "given", password: GOOD });
  });

  it("is told apart from one that is mistyped", async () => {
    serve({ "GET /session": { ...SESSION, must_change_password: true }, "POST /session/password": refused(422, "old_password") });
    open(PasswordPage, "/password");
    await screen.findByTestId("password-form");
    type("old-password", "mistyped");
    choose(GOOD);
    fireEvent.click(screen.getByTestId("password-submit"));
    await screen.findByText("当前密码不对");
  });
});

describe("an invitation", () => {
  const WELCOME = { brand: "灯塔书店", email: "han@example.com", role: "store_manager", unit: { id: "s", name: "朝阳门店" }, expires_at: "2026-12-01T00:00:00Z" };

  it("says what one joins as, and lets in", async () => {
    const asked = serve({ "POST /invitations/read": WELCOME, "POST /invitations/accept": [201, SESSION] });
    open(InvitationPage, "/invitation#k7pm");
    await screen.findByText("加入灯塔书店");
    screen.getByText("han@example.com · 店长 · 朝阳门店");
    type("invitation-name", "韩梅梅");
    choose(GOOD);
    fireEvent.click(screen.getByTestId("invitation-submit"));
    await screen.findByTestId("inside");
    expect(asked[1]?.body).toEqual({ token: "k7pm", name: "韩梅梅", password: GOOD });
  });

  it("that ended says so", async () => {
    serve({ "POST /invitations/read": refused(404) });
    open(InvitationPage, "/invitation#old");
    await screen.findByText("这个邀请无法使用");
  });

  it("asks for the same password twice", async () => {
    const asked = serve({ "POST /invitations/read": WELCOME });
    open(InvitationPage, "/invitation#k7pm");
    await screen.findByTestId("invitation-form");
    type("invitation-name", "韩梅梅");
    choose(GOOD, "another sesame");
    fireEvent.click(screen.getByTestId("invitation-submit"));
    await screen.findByText("两次输入不一致");
    expect(asked).toHaveLength(1);
  });
});
