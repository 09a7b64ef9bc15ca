import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ComponentType } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { vi } from "vitest";
import { ThemeRoot } from "@/app/theme/ThemeRoot";

/** A page at an address, with everything around it that it asks for; any other address is `inside`. `path` names what varies in it. */
export function open(Page: ComponentType, address: string, path = address.replace(/[?#].*$/, "")) {
  const router = createMemoryRouter(
    [{ path, Component: Page }, { path: "*", element: <p data-testid="inside" /> }],
    { initialEntries: [address] },
  );
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ThemeRoot><RouterProvider router={router} /></ThemeRoot>
    </QueryClientProvider>,
  );
  return router;
}

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

/** Answers by "METHOD /path" below /api/v1: a body, or a status with a body. What was asked is kept, in order. */
export function serve(answers: Record<string, unknown | [number, unknown]>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const path = url.pathname.replace("/api/v1", "");
    const text = await request.text();
    asked.push({ method: request.method, path: path + url.search, body: text ? JSON.parse(text) : null });
    const answer = answers[`${request.method} ${path}`];
    if (answer === undefined) return new Response("{}", { status: 404 });
    const [status, body] = Array.isArray(answer) ? (answer as [number, unknown]) : [200, answer];
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  });
  return asked;
}

export const refused = (status: number, field?: string): [number, unknown] =>
  [status, { title: "refused", status, code: "refused", errors: field ? [{ field, message: "refused" }] : [] }];
