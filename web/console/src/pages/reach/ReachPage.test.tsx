import { configure, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { open, serve } from "@/testing/open";
import { ReachPage } from "./ReachPage";
import { taskFilters } from "./TaskTable";

configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });
afterEach(() => vi.unstubAllGlobals());

const words = (text: string) => ({ zh: text, en: text });
const hop = (person: string | null, name: string, more = {}) => ({ person, name, unit: null, ties: 1, ...more });
const SESSION = { staff: { id: "s1", name: "周" }, permissions: ["read_network", "plan_reach", "do_reach"] };
const PLAN = {
  from: { person: "p1", name: "店长" }, to: { person: "p5", name: "郑" }, complete: true, refused: [],
  independence: { routes: 2, at_least: false, cut: [hop("p2", "周"), hop("p3", "吴")] },
  paths: [
    { key: "k1", length: 2, chance: 0.2, independent: true, script: words("周你好"), hops: [hop("p1", "店长"), hop("p2", "周", { chance: 0.5, evidence: words("周打开过店长的分享 2 次") }), hop("p5", "郑", { chance: 0.4 })] },
    { key: "k2", length: 2, chance: 0.1, independent: true, script: words("吴你好"), hops: [hop("p1", "店长"), hop(null, "", { chance: 0.3, someone: words("二店的一位顾客") }), hop("p5", "郑", { chance: 0.3 })] },
  ],
};
const TASK = {
  id: "t1", state: "open", chance: 0.2, assignee: { id: "s1", name: "周" }, unit: null, script: words("周你好"), note: null,
  due_at: "2026-12-01T00:00:00Z", created_at: "2026-11-22T00:00:00Z", closed_at: null, recognised: false, follows: null,
  hops: [{ person: "p1", name: words("店长"), refused: false }, { person: "p2", name: words("周"), refused: false }, { person: "p5", name: words("郑"), refused: false }],
};

describe("the planner", () => {
  it("draws routes side by side, marks who is needed, and goes round whom it is told", async () => {
    const asked = serve({ "GET /session": SESSION, "GET /reach/starts": { items: [{ person: "p1", name: "店长", unit: null, staff: null, mine: true, campaigns: 1 }], next: null }, "GET /network/paths": PLAN });
    const router = open(ReachPage, "/reach?view=plan&to=p5");
    expect((await screen.findAllByTestId("reach-route")).length).toBe(2);
    expect(screen.getByTestId("reach-summary").textContent).toContain("2 条互不相干的路");
    expect(screen.getAllByText("必经").length).toBe(1);
    expect(screen.getByText("二店的一位顾客")).toBeTruthy();
    fireEvent.click(screen.getAllByTestId("reach-avoid")[0] as HTMLElement);
    await waitFor(() => expect(router.state.location.search).toContain("avoid=p2"));
    await waitFor(() => expect(asked.some(({ path }) => path.startsWith("/network/paths") && path.includes("avoid=p2"))).toBe(true));
  });
});

describe("my tasks", () => {
  it("are answered in one tap, which can be taken back", async () => {
    const asked = serve({
      "GET /session": { ...SESSION, permissions: ["do_reach"] }, "GET /reach/tasks": { items: [TASK], next: null },
      "POST /reach/tasks/t1/answer": { task: { ...TASK, state: "failed" }, next: null }, "DELETE /reach/tasks/t1/answer": { task: TASK, next: null },
    });
    open(ReachPage, "/reach");
    fireEvent.click(await screen.findByTestId("task-failed"));
    await waitFor(() => expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ result: "failed" }));
    fireEvent.click(await screen.findByTestId("task-undo"));
    await waitFor(() => expect(asked.some(({ method }) => method === "DELETE")).toBe(true));
  });
});

describe("the filters of an address", () => {
  it("are those of the API", () => {
    expect(taskFilters(new URLSearchParams("state=open&assignee=s1&q=%20zw%20&view=tasks"))).toEqual({ state: "open", assignee: "s1", q: "zw" });
    expect(taskFilters(new URLSearchParams("state=nothing"))).toEqual({});
  });
});
