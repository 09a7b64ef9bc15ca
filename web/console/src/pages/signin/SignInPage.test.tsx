import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ThemeRoot } from "@/app/theme/ThemeRoot";
import { serve } from "@/testing/open";
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

  it("offers the company's own sign-in, and says why it did not work", async () => {
    const asked = serve({
      "GET /setup": { needed: false }, "GET /sign-in": { items: [{ id: "p-1", name: "公司账号" }] },
      "POST /sign-in/p-1": [503, { title: "x", status: 503, code: "unavailable" }],
    });
    open("?problem=unknown&next=%2Fnetwork");
    await screen.findByText(/没有对应的员工/);
    fireEvent.click(await screen.findByTestId("signin-provider"));
    await screen.findByText(/暂时无法完成登录/);
    expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ return_to: "/network" });
  });
});
