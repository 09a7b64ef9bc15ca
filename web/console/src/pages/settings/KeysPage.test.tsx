import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, serve } from "@/testing/open";
import { KeysPage } from "./KeysPage";

const KEY = { id: "k1", kind: "write", name: "小程序", prefix: "slw_9fK2", created_at: "2026-11-18T02:11:00Z", last_used_at: null };
afterEach(() => vi.unstubAllGlobals());

describe("API keys", () => {
  it("say when they were last used, and are rotated into one shown once", async () => {
    const asked = serve({ "GET /keys": { items: [KEY] }, "GET /campaigns": { items: [] }, "POST /keys/k1/rotate": { ...KEY, key: "slw_new" } });
    open(KeysPage, "/settings/keys");
    await screen.findByText("从未使用");
    fireEvent.click(screen.getByTestId("key-rotate"));
    fireEvent.click(await screen.findByTestId("rotate-end"));
    fireEvent.click(screen.getByTestId("rotate-submit"));
    await waitFor(() => expect(screen.getByTestId("key-value").textContent).toContain("slw_new"));
    expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ old: "end" });
  });

  it("tell until when the secret they had before still works", async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    serve({ "GET /keys": { items: [{ ...KEY, old_ends_at: later }, { ...KEY, id: "k2", old_ends_at: "2026-01-01T00:00:00Z" }] }, "GET /campaigns": { items: [] } });
    open(KeysPage, "/settings/keys");
    expect(await screen.findAllByTestId("key-old")).toHaveLength(1);
  });
});
