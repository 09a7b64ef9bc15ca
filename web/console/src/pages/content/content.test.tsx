import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ContentPage } from "@/api/content";
import { open, refused, serve } from "@/testing/open";
import { BLOCKS, newBlock } from "./blocks";
import { PageEditorPage } from "./PageEditor";
import { PagesPage } from "./PagesPage";

const page = (more: Partial<ContentPage>): ContentPage => ({
  page: "spring", title: "春季书单", blocks: 1, published: 1, versions: 1, path: "/f/1/p/spring", created_at: "2026-11-20T00:00:00Z", changed_at: "2026-11-20T00:00:00Z", changed_by: "staff:s", revision: 2,
  draft: { title: "春季书单", description: "", image: null, blocks: [{ type: "title", text: "春季书单", level: 1 }] },
  faults: [], differs: false, history: [{ version: 1, title: "春季书单", published_at: "2026-11-20T00:00:00Z", published_by: "staff:s" }], ...more,
});
const session = { staff: { id: "s", name: "方渡", email: "f@x", role: "owner", unit: null }, permissions: ["read_campaigns", "manage_campaigns"] };
const around = { "GET /session": session, "GET /content/pages": { items: [page({})], next: null }, "GET /content/pages/spring": page({}) };
afterEach(() => vi.unstubAllGlobals());

describe("pages", () => {
  it("stand in a list, or say that there are none", async () => {
    serve(around);
    open(PagesPage, "/pages");
    expect((await screen.findByTestId("page-row")).textContent).toBe("春季书单");
    vi.unstubAllGlobals();
    serve({ ...around, "GET /content/pages": { items: [], next: null } });
    open(PagesPage, "/pages");
    await screen.findByTestId("empty");
  });

  it("begin with a title and are opened", async () => {
    const asked = serve({ ...around, "POST /content/pages": [201, page({})] });
    const router = open(PagesPage, "/pages?new=1");
    fireEvent.change(await screen.findByTestId("page-form-title"), { target: { value: "春季书单" } });
    fireEvent.click(screen.getByTestId("page-save"));
    await waitFor(() => expect(router.state.location.pathname).toBe("/pages/spring"));
    expect((asked.find(({ method }) => method === "POST")?.body as { draft: { title: string } }).draft.title).toBe("春季书单");
  });

  it("are written at the revision that was read, and shown on a phone meanwhile", async () => {
    const asked = serve({ ...around, "PUT /content/pages/spring": page({ revision: 3, differs: true }) });
    open(PageEditorPage, "/pages/spring", "/pages/:page");
    fireEvent.change(await screen.findByTestId("field-title"), { target: { value: "夏季书单" } });
    expect(screen.getByTestId("phone").textContent).toContain("夏季书单");
    fireEvent.click(screen.getByTestId("draft-save"));
    await waitFor(() => expect(asked.find(({ method }) => method === "PUT")?.body).toMatchObject({ revision: 2, draft: { blocks: [{ type: "title", text: "夏季书单" }] } }));
  });

  it("tell when somebody else was faster", async () => {
    serve({ ...around, "PUT /content/pages/spring": refused(409) });
    open(PageEditorPage, "/pages/spring", "/pages/:page");
    fireEvent.change(await screen.findByTestId("field-title"), { target: { value: "夏" } });
    fireEvent.click(screen.getByTestId("draft-save"));
    await screen.findByText("别人刚改过这个页面。请重新载入后再修改。");
  });

  it("have a block of every kind to add", () => {
    expect(BLOCKS.map((type) => newBlock(type, (key) => key).type)).toEqual(BLOCKS);
  });
});
