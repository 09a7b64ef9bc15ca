import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { SpreadLink } from "@/api/content";
import { open, refused, serve } from "@/testing/open";
import { filled } from "./LinkDetail";
import { CodesPage, LinksPage } from "./LinksPage";
import { targetOf, TARGETS, valueOf } from "./targets";

const link = (more: Partial<SpreadLink>): SpreadLink => ({
  code: "k7m2p9qw", path: "/s/k7m2p9qw", kind: "link", name: "朋友圈 · 春季书单", target: { kind: "page", page: "spring" }, campaign: "spring", unit: { id: "store-66", name: "66 号店" }, staff: null,
  channel: "moments", spreads: true, state: "on", expires_at: null, created_at: "2026-11-20T00:00:00Z", changed_at: "2026-11-20T00:00:00Z", revision: 1,
  counts: { scans: 0, opens: 210, scanned: 0, opened: 180, acted: 45 }, ...more,
});
const session = { staff: { id: "s", name: "方渡", email: "f@x", role: "owner", unit: null }, permissions: ["read_campaigns", "start_spreads", "manage_campaigns", "read_organisation"] };
const around = {
  "GET /session": session, "GET /campaigns": { items: [{ id: "spring", name: "春季书单" }], next: null }, "GET /units": { items: [] }, "GET /staff": { items: [] },
  "GET /content/links": { items: [link({}), link({ code: "x2", name: "短信", state: "off" })], next: null },
  "GET /content/pages": { items: [{ page: "spring", title: "春季书单", blocks: 2, published: 1, versions: 1, path: "/f/1/p/spring", created_at: "", changed_at: "", changed_by: "", revision: 2 }], next: null },
  "GET /content/links/k7m2p9qw/days": { items: [] },
};
afterEach(() => vi.unstubAllGlobals());

describe("spread links", () => {
  it("stand in a list with what came of each, and are asked for by what the address says", async () => {
    const asked = serve(around);
    open(LinksPage, "/links?state=on");
    expect((await screen.findAllByTestId("link-row")).map((row) => row.textContent)).toEqual(["朋友圈 · 春季书单", "短信"]);
    expect(asked.some(({ path }) => path.startsWith("/content/links?") && path.includes("codes=false") && path.includes("state=on"))).toBe(true);
    expect(screen.getAllByTestId("funnel")[0]?.textContent).toContain("25%");
  });

  it("say that there are none, and what went wrong", async () => {
    serve({ ...around, "GET /content/links": { items: [], next: null } });
    open(CodesPage, "/codes");
    await screen.findByTestId("empty");
    vi.unstubAllGlobals();
    serve({ ...around, "GET /content/links": refused(403) });
    open(LinksPage, "/links");
    await screen.findByTestId("problem");
  });

  it("are made, with what the server refuses beside its field", async () => {
    const asked = serve({ ...around, "POST /content/links": refused(422, "target.url") });
    open(LinksPage, "/links?new=1");
    fireEvent.change(await screen.findByTestId("link-form-name"), { target: { value: " 商城 " } });
    fireEvent.click(screen.getByText("网址"));
    fireEvent.change(await screen.findByTestId("link-form-to"), { target: { value: "https://shop.example/a" } });
    fireEvent.click(screen.getByTestId("link-save"));
    await waitFor(() => expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ name: "商城", kind: "link", target: { kind: "url", url: "https://shop.example/a" } }));
    await screen.findAllByText("refused");
  });

  it("are switched off at the revision that was read", async () => {
    const asked = serve({ ...around, "PATCH /content/links/k7m2p9qw": link({ state: "off", revision: 2 }) });
    open(LinksPage, "/links?link=k7m2p9qw");
    fireEvent.click(await screen.findByTestId("link-off"));
    const buttons = await screen.findAllByText("停用");
    fireEvent.click(buttons.at(-1) as HTMLElement);
    await waitFor(() => expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({ revision: 1, on: false }));
  });

  it("allow hosts", async () => {
    serve({ ...around, "GET /content/hosts": { hosts: ["shop.example"] } });
    open(LinksPage, "/links?hosts=1");
    await screen.findByText("shop.example");
  });

  it("lead somewhere by two fields, and days without anything are zero", () => {
    for (const kind of TARGETS) expect(valueOf(targetOf(kind, "x"))).toBe("x");
    const day = (at: string, opens: number) => ({ day: at, scans: 0, opens, scanned: 0, opened: opens, acted: 0 });
    expect(filled([day("2026-11-20T16:00:00Z", 3), day("2026-11-22T16:00:00Z", 1)]).map(({ opens }) => opens)).toEqual([3, 0, 1]);
  });
});
