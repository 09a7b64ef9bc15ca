import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Segment, Vocabulary } from "@/api/audience";
import { open, refused, serve } from "@/testing/open";
import { EditSegmentPage } from "./EditSegment";
import { jaccard } from "./Overlap";
import { SegmentPage } from "./SegmentPage";
import { SegmentsPage } from "./SegmentsPage";

vi.mock("@/app/parts/Chart", () => ({ Chart: () => <div data-testid="chart" />, chartBase: () => ({ axis: { axisLabel: {} }, text: {}, tooltip: {} }) }));

const SLEEPING: Segment = {
  segment: "sg_1", name: "沉睡老客", note: "", kind: "live", size: 42, is_exact: true, used_by: [], created_at: "2026-11-01T00:00:00Z", changed_at: "2026-11-02T00:00:00Z", by: "staff:s",
  rule: { kind: "all", rules: [{ kind: "did", event: "Order Paid", at_least: 1 }, { kind: "not", rule: { kind: "did", event: "*", at_least: 1, days: 90 } }] },
};
const LISTED: Segment = { ...SLEEPING, segment: "sg_2", name: "线下名单", kind: "manual", rule: null, size: 2, used_by: [{ segment: "sg_1", name: "沉睡老客" }] };
const VOCABULARY: Vocabulary = { events: [{ event: "*", people: 90 }, { event: "Order Paid", people: 60 }], cities: [{ city: "杭州", people: 12 }], traits: [], tags: [{ tag: "tg_1", name: "香薰", group: "兴趣" }], measures: [] };
const PEOPLE = { items: [{ person: "p7", name: "林晓", city: "杭州", standing: "member", last_seen: null }], total: 1, next: null };
const session = { staff: { id: "s", name: "方渡", email: "f@x", role: "owner", unit: null }, permissions: ["read_network", "manage_segments", "tag_people"], scope: { kind: "all", units: [] } };
const preview = { count: 42, everybody: 90, sample: PEOPLE.items, took_us: 900 };
const around = { "GET /session": session, "GET /segments": { items: [SLEEPING, LISTED], next: null }, "GET /segments/vocabulary": VOCABULARY, "POST /segments/preview": preview };
afterEach(() => vi.unstubAllGlobals());

describe("segments", () => {
  it("are listed with what they are in words", async () => {
    serve(around);
    open(SegmentsPage, "/segments");
    expect((await screen.findAllByTestId("segment-name")).map((name) => name.textContent)).toEqual(["沉睡老客", "线下名单"]);
    await screen.findByText("支付订单", { exact: false });
    expect(screen.getByTestId("rule-words").textContent).toContain("且近 90 天没做过");
    expect(screen.getByTestId("segments-csv").getAttribute("href")).toBe("/api/v1/segments?format=csv");
  });

  it("say why there are none, and what went wrong", async () => {
    serve({ ...around, "GET /segments": { items: [], next: null } });
    open(SegmentsPage, "/segments");
    await screen.findByTestId("empty");
    vi.unstubAllGlobals();
    serve({ ...around, "GET /segments": refused(403) });
    open(SegmentsPage, "/segments?q=x");
    await screen.findByTestId("problem");
  });

  it("are made of conditions that are counted while they are written", async () => {
    const asked = serve({ ...around, "POST /segments": [201, { ...SLEEPING, segment: "sg_9", name: "杭州人" }] });
    open(EditSegmentPage, "/segments/new");
    fireEvent.change(await screen.findByTestId("segment-form-name"), { target: { value: "买过的人" } });
    fireEvent.click(screen.getByTestId("rule-sample-sleeping"));
    expect((await screen.findAllByTestId("rule-condition")).length).toBe(2);
    await waitFor(() => expect(asked.filter(({ path }) => path === "/segments/preview").at(-1)?.body).toEqual({ rule: SLEEPING.rule, sample: 8 }));
    await waitFor(() => expect(screen.getByTestId("preview-count").textContent).toBe("42"));
    fireEvent.click(screen.getAllByTestId("rule-remove")[1] as HTMLElement);
    await waitFor(() => expect(asked.filter(({ path }) => path === "/segments/preview").at(-1)?.body).toMatchObject({ rule: { kind: "did", event: "Order Paid" } }));
    fireEvent.click(screen.getByTestId("segment-save"));
    await waitFor(() => expect(asked.find(({ method, path }) => method === "POST" && path === "/segments")?.body).toEqual({ name: "买过的人", note: "", kind: "live", rule: { kind: "did", event: "Order Paid", at_least: 1 } }));
  });

  it("mark what is unfinished, and do not save it", async () => {
    const asked = serve(around);
    open(EditSegmentPage, "/segments/new");
    fireEvent.change(await screen.findByTestId("segment-form-name"), { target: { value: "x" } });
    fireEvent.click(screen.getByTestId("rule-add-group"));
    await screen.findByTestId("preview-left-out");
    expect(screen.queryByTestId("rule-fault")).toBe(null);
    fireEvent.click(screen.getByTestId("segment-save"));
    expect((await screen.findByTestId("rule-fault")).textContent).toBe("还没选完");
    expect(asked.some(({ method, path }) => method === "POST" && path === "/segments")).toBe(false);
  });

  it("are not lost by leaving", async () => {
    serve(around);
    const router = open(EditSegmentPage, "/segments/new");
    fireEvent.change(await screen.findByTestId("segment-form-name"), { target: { value: "写了一半" } });
    void router.navigate("/today");
    fireEvent.click(await screen.findByText("继续编辑"));
    expect(router.state.location.pathname).toBe("/segments/new");
    expect((screen.getByTestId("segment-form-name") as HTMLInputElement).value).toBe("写了一半");
  });

  it("show a refusal at the condition it speaks of", async () => {
    serve({ ...around, "POST /segments/preview": [422, { title: "invalid", status: 422, code: "invalid", errors: [{ field: "rule.rules.1.rule.event", message: "no such thing" }] }] });
    open(EditSegmentPage, "/segments/new");
    fireEvent.click(await screen.findByTestId("rule-sample-sleeping"));
    await waitFor(() => expect(within(screen.getAllByTestId("rule-condition")[1] as HTMLElement).getByTestId("rule-fault").textContent).toBe("no such thing"));
  });

  it("tell why somebody is not in", async () => {
    serve({
      ...around, "GET /segments/sg_1": SLEEPING, "GET /segments/sg_1/people": PEOPLE, "GET /segments/sg_1/sizes": { items: [{ day: "2026-11-20", size: 42, entered: 2, left: 1 }] },
      "GET /segments/sg_1/people/p7/why": { holds: false, kind: "all", rules: [{ holds: true, kind: "did", saw: 3, wanted: { kind: "did", event: "Order Paid", at_least: 1 } }, { holds: false, kind: "not", rules: [{ holds: true, kind: "did", saw: 5, wanted: { kind: "did", event: "*", at_least: 1, days: 90 } }] }] },
    });
    open(SegmentPage, "/segments/sg_1", "/segments/:segment");
    expect((await screen.findByTestId("segment-size")).textContent).toBe("42");
    fireEvent.click(await screen.findByTestId("member-why"));
    const tree = await screen.findByTestId("why-tree");
    expect(tree.dataset["holds"]).toBe("false");
    expect(within(tree).getAllByTestId("why-reason").map((row) => row.dataset["holds"])).toEqual(["false", "true", "false", "true"]);
    expect(tree.textContent).toContain("实际 5 次");
  });

  it("that others use are not deleted", async () => {
    serve({ ...around, "GET /segments/sg_2": LISTED, "GET /segments/sg_2/people": PEOPLE, "GET /segments/sg_2/sizes": { items: [] }, "GET /session": { ...session, scope: { kind: "units", units: ["u1"] } } });
    open(SegmentPage, "/segments/sg_2", "/segments/:segment");
    fireEvent.click(await screen.findByTestId("segment-more"));
    fireEvent.click(await screen.findByTestId("segment-delete"));
    expect((await screen.findByTestId("remove-yes")).hasAttribute("disabled")).toBe(true);
    await screen.findByText("人数变化按全部的人统计", { exact: false });
  });

  it("know how much two are the same", () => {
    expect(jaccard({ a: "a", b: "b", both: 5, only_a: 3, only_b: 2 })).toBe(0.5);
    expect(jaccard({ a: "a", b: "b", both: 0, only_a: 0, only_b: 0 })).toBe(0);
  });
});
