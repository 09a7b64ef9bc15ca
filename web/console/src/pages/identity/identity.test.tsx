import { configure, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ConflictRow, DecisionPreview, IdentityEvidence, NamespaceRow, PreviewPerson, Side } from "@/api/identity";
import { open, serve } from "@/testing/open";
import { ofConflict } from "./Decide";
import { IdentityPage } from "./IdentityPage";
import { layOut } from "./layOut";

configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });
afterEach(() => vi.unstubAllGlobals());

const side = (person: string, name: string, ids: number): Side => ({ person, name, phone_masked: null, namespace: "phone", value: "17****01", ids });
const conflict: ConflictRow = {
  id: "3-4", reason: "two_logins", state: "open", is_pending: false, one: side("p1", "林晓", 3), other: side("p4", "赵敏", 1), confidence: 1, offset: 4, found_at: "2026-11-22T01:00:00Z", decision: null,
};
const person = (id: string, name: string, ids_total: number): PreviewPerson => ({ person: id, name, phone_masked: null, city: null, facts: 2, orders: 1, first_seen: null, last_seen: null, ids: [], ids_total });
const preview: DecisionPreview = { before: [person("p1", "林晓", 3), person("p4", "赵敏", 1)], after: [person("p1", "林晓", 4)], more: 0, changes: true, campaigns: ["spring"] };
const row = (id: string, level: "login" | "account" | "device"): IdentityEvidence["ids"][number] =>
  ({ id, namespace: level, namespace_name: level, level, value: id, is_masked: false, since: null, first_seen: null, last_seen: null, facts: 1 });
const piece = (id: string, into: string | null, state: "joins" | "confirms" | "refused" | "taken_back", offset: number): IdentityEvidence["evidence"][number] =>
  ({ id, into, other_person: null, source: "fact", state, offset, at: "2026-11-22T01:00:00Z", confidence: 1, decision: null, reason: null, taken_back_at: null });

describe("the answers to a conflict", () => {
  it("leave out to give an id away when there is nobody who has it", () => {
    const answers = (change: Partial<ConflictRow>) => ofConflict({ ...conflict, ...change }).ways.map(({ answer }) => answer);
    expect(answers({})).toEqual(["merge", "apart", "move"]);
    expect(answers({ one: side("p1", "林晓", 1) })).toEqual(["merge", "apart"]);
  });
});

describe("the picture of ids", () => {
  it("has a column for each level, and each line once", () => {
    const view: IdentityEvidence = {
      person: "p1", more: false, ids: [row("p1", "login"), row("p2", "account"), row("p3", "device")],
      evidence: [piece("p2", "p1", "joins", 1), piece("p2", "p1", "joins", 2), piece("p3", "p1", "taken_back", 3), piece("p2", null, "refused", 4), piece("p9", "p1", "joins", 5)],
    };
    const { boxes, lines, left } = layOut(view);
    expect(boxes.map(({ x }) => x)).toEqual([...boxes.map(({ x }) => x)].sort((a, b) => a - b));
    expect(lines.map(({ state }) => state)).toEqual(["joins", "taken_back", "refused"]);
    expect(left).toBe(0);
    const many = layOut({ ...view, ids: Array.from({ length: 40 }, (_, n) => row(`p${n}`, "device")), evidence: [] });
    expect([many.boxes.length, many.left]).toEqual([24, 16]);
  });
});

describe("a conflict", () => {
  it("shows what an answer would do, asks why, and decides", async () => {
    const asked = serve({
      "GET /identity/conflicts": { items: [conflict], next: null, counts: { open: 1, decided: 0, gone: 0 } },
      "POST /identity/preview": preview, "POST /identity/decisions": [202, { decision: "d-1" }], "GET /campaigns": { items: [{ id: "spring", name: "春季书单" }], next: null },
    });
    open(IdentityPage, "/identity");
    fireEvent.click(await screen.findByTestId("conflict-decide"));
    await screen.findByTestId("preview");
    expect(screen.getAllByTestId("preview-person")).toHaveLength(3);
    expect((await screen.findByText(/春季书单/)).textContent).toContain("1 个活动");
    expect((screen.getByTestId("decide-yes") as HTMLButtonElement).disabled).toBe(true);
    fireEvent.change(screen.getByTestId("decide-reason"), { target: { value: " 到店核实 " } });
    fireEvent.click(screen.getByTestId("decide-yes"));
    await waitFor(() => expect(asked.find(({ path }) => path === "/identity/decisions")?.body).toEqual({ decide: { what: "conflict", conflict: "3-4", answer: "merge" }, reason: "到店核实" }));
  });

  it("says when nothing waits", async () => {
    serve({ "GET /identity/conflicts": { items: [], next: null, counts: { open: 0, decided: 0, gone: 0 } } });
    open(IdentityPage, "/identity");
    expect(await screen.findByText("没有待决的冲突")).toBeTruthy();
  });
});

describe("a namespace", () => {
  it("is changed, with everything that was said of it before", async () => {
    const phone: NamespaceRow = { key: "phone", name: "手机号", level: "account", cap: 5, window_days: 365, priority: 600, parent: null, blocked: ["400*"], per_app: false, from_traits: false, is_on: true, is_own: false };
    const asked = serve({ "GET /identity/namespaces": { items: [phone], next: null }, "PUT /identity/namespaces/phone": phone });
    open(IdentityPage, "/identity?view=namespaces");
    expect(await screen.findByText("365 天内 5 个")).toBeTruthy();
    fireEvent.click(screen.getByTestId("namespace-edit-phone"));
    fireEvent.change(await screen.findByTestId("namespace-name"), { target: { value: "手机" } });
    fireEvent.click(screen.getByTestId("namespace-save"));
    await waitFor(() => expect(asked.find(({ method }) => method === "PUT")?.body).toMatchObject({ name: "手机", cap: 5, window_days: 365, blocked: ["400*"], is_on: true }));
  });
});
