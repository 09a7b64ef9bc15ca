import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ThemeRoot } from "@/app/theme/ThemeRoot";
import { SignInPage } from "./SignInPage";

function open(next = "") {
  const router = createMemoryRouter(
    [
      { path: "/signin", Component: SignInPage },
      { path: "*", element: <p data-testid="inside" /> },
    ],
    { initialEntries: [`/signin${next}`] },
  );
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ThemeRoot><RouterProvider router={router} /></ThemeRoot>
    </QueryClientProvider>,
  );
  return router;
}
const answer = (body: unknown, status: number) =>
  vi.stubGlobal("fetch", vi.fn(async () => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } })));
async function fill() {
  fireEvent.change(screen.getByTestId("signin-email"), { target: { value: "demo@searchlight.local" } });
  fireEvent.change(screen.getByTestId("signin-password"), { target: { value: "secret" } });
  fireEvent.click(screen.getByTestId("signin-submit"));
}
afterEach(() => vi.unstubAllGlobals());

describe("the door", () => {
  it("says what was wrong and lets the person try again", async () => {
    open();
    answer({ title: "no", status: 401, code: "wrong_credentials" }, 401);
    await fill();
    expect((await screen.findByTestId("signin-error")).textContent).toContain("邮箱或密码不对");
  });

  it("opens on the page that was asked for", async () => {
    const router = open("?next=%2Fnetwork%2Fbooks");
    answer({ staff: { name: "周" } }, 200);
    await fill();
    await screen.findByTestId("inside");
    expect(router.state.location.pathname).toBe("/network/books");
  });

  it("never leads to another site", async () => {
    const router = open("?next=%2F%2Fevil.example");
    answer({ staff: { name: "周" } }, 200);
    await fill();
    await waitFor(() => expect(router.state.location.pathname).toBe("/today"));
  });

  it("changes language at once", async () => {
    open();
    fireEvent.click(screen.getByTestId("language-en"));
    await waitFor(() => expect(screen.getByTestId("signin-submit").textContent).toBe("Sign in"));
  });
});
