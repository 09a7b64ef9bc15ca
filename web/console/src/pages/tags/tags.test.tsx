import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Tag } from "@/api/audience";
import { Audience } from "@/pages/people/Audience";
import { open, refused, serve } from "@/testing/open";
import { TagsPage } from "./TagsPage";
import { slugOf } from "./Traits";

const tag = (more: Partial<Tag>): Tag => ({ tag: "tg_1", group: "兴趣", name: "香薰", intent: "intent", note: "", rule: null, people: 12, created_at: "2026-11-01T00:00:00Z", by: "staff:s", ...more });
const session = { staff: { id: "s", name: "方渡", email: "f@x", role: "owner", unit: null }, permissions: ["read_network", "manage_segments", "tag_people"] };
const around = {
  "GET /session": session, "GET /segments": { items: [], next: null }, "GET /segments/vocabulary": { events: [], cities: [], traits: [], tags: [] },
  "GET /tags": { items: [tag({}), tag({ tag: "tg_2", name: "摄影" }), tag({ tag: "tg_3", group: "行为", name: "高频分享", intent: "fact", rule: { kind: "did", event: "Spread Shared", at_least: 3 } })] },
};
afterEach(() => vi.unstubAllGlobals());

describe("tags", () => {
  it("stand in their groups, and are found", async () => {
    serve(around);
    open(TagsPage, "/tags");
    expect((await screen.findAllByTestId("tag-group")).length).toBe(2);
    fireEvent.change(screen.getByTestId("tag-search"), { target: { value: "摄" } });
    await waitFor(() => expect(screen.getAllByTestId("tag-row").length).toBe(1));
  });

  it("say that there are none, and what went wrong", async () => {
    serve({ ...around, "GET /tags": { items: [] } });
    open(TagsPage, "/tags");
    await screen.findByTestId("empty");
    vi.unstubAllGlobals();
    serve({ ...around, "GET /tags": refused(403) });
    open(TagsPage, "/tags");
    await screen.findByTestId("problem");
  });

  it("are made by hand", async () => {
    const asked = serve({ ...around, "POST /tags": [201, tag({ tag: "tg_9", name: "露营" })] });
    open(TagsPage, "/tags?new=1");
    const group = await screen.findByTestId("tag-form-group");
    fireEvent.change(group.querySelector("input") ?? group, { target: { value: "兴趣" } });
    fireEvent.change(screen.getByTestId("tag-form-name"), { target: { value: "露营" } });
    fireEvent.click(screen.getByTestId("tag-save"));
    await waitFor(() => expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ group: "兴趣", name: "露营", intent: "judgement", note: "" }));
  });

  it("lead to traits, whose names are made of English words", async () => {
    serve({ ...around, "GET /traits": { items: [{ name: "paid_90d", zh: "近 90 天消费", en: "Paid", event: "Order Paid", measure: "sum", days: 90, people: 7 }] } });
    open(TagsPage, "/tags?view=traits");
    expect((await screen.findByTestId("trait-table")).textContent).toContain("近 90 天「支付订单」的金额合计");
    expect(slugOf(" Paid in the last 90 days! ")).toBe("paid_in_the_last_90_days");
  });

  it("are seen on a person with who put them on, and are taken off", async () => {
    const asked = serve({
      ...around, "POST /tags/tg_1/people": { changed: 1 },
      "GET /persons/p7/audience": {
        standing: "member", stage: "paying", value_class: "loyal", rfm: { r: 5, f: 2, m: 3, recency_days: 4, orders: 6, paid_minor: 129_900 }, purchase_period_days: 17,
        tags: [{ tag: "tg_1", group: "兴趣", name: "香薰", intent: "intent", by: "staff:s", at: "2026-11-01T00:00:00Z", until: null, note: null }, { tag: "tg_3", group: "行为", name: "高频分享", intent: "fact", by: "rule", at: null, until: null, note: null }],
        traits: [], segments: [{ segment: "sg_1", name: "沉睡老客" }], prefers: [],
      },
    });
    open(() => <Audience person="p7" />, "/people/p7");
    expect((await screen.findByTestId("audience-standing")).textContent).toBe("会员");
    expect(screen.getByTestId("audience-rfm").textContent).toContain("¥1,299.00");
    expect(screen.getAllByTestId("person-tag-chip").length).toBe(2);
    fireEvent.click(screen.getByTestId("person-tag-off"));
    fireEvent.click(await screen.findByRole("button", { name: "取下" }));
    await waitFor(() => expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ people: ["p7"], on: false }));
    await waitFor(() => expect(screen.getAllByTestId("person-tag-chip").length).toBe(1));
  });
});
