import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Cascade, CascadeRoot, Koc, PersonInCampaign } from "@/api/types";
import { sharedPrefix, storesOf } from "@/network/model";
import { useReplay, WHOLE_MS } from "@/network/replay/replay";
import { KocReasons } from "./KocPanel";
import { Legend } from "./Legend";
import { MiniTree } from "./MiniTree";

const root = (person: string, name: string, fans: number): CascadeRoot => ({
  person, name: "店长", unit: { id: `u${person}`, name }, staff: null, channel: null, people: fans, fans, visitors: 0, depth: 1, share_levels: 2,
  structural_virality: 1, circles: [], orders: 0, paid_minor: 0, first_joined_at: "2026-11-20T01:00:00Z", last_joined_at: "2026-11-22T01:00:00Z",
});
const stores = storesOf({ roots: [root("p2", "望京店", 20), root("p9", "西单店", 90)] } as Cascade);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("store names", () => {
  it("lose what all of them begin with", () => {
    expect(sharedPrefix(["灯塔书店·西湖店", "灯塔书店·小寨店"])).toBe("灯塔书店·");
    expect(sharedPrefix(["西湖店", "西单店"])).toBe("");
    expect(sharedPrefix(["灯塔书店·西湖店"])).toBe("");
    expect(sharedPrefix([])).toBe("");
  });
});

describe("the legend", () => {
  const show = () => {
    const acts = { onToggle: vi.fn(), onSolo: vi.fn(), onAll: vi.fn(), onNone: vi.fn(), onFocus: vi.fn(), onOpen: vi.fn() };
    render(<Legend stores={stores} theme="dark" isShown={() => true} open {...acts} />);
    return acts;
  };

  it("lists stores by fans, with a colour that follows the person and not the order", () => {
    show();
    expect(screen.getAllByTestId("legend-item").map((item) => item.dataset["store"])).toEqual(["p9", "p2"]);
    expect(stores.map((store) => store.colour)).toEqual([1, 0]);
  });

  it("toggles on a click, and shows one alone on a double or Alt click", () => {
    const acts = show();
    const [first] = screen.getAllByTestId("legend-item");
    fireEvent.click(first!);
    act(() => void vi.advanceTimersByTime(400));
    expect(acts.onToggle).toHaveBeenCalledExactlyOnceWith("p9");
    fireEvent.click(first!);
    fireEvent.click(first!);
    fireEvent.click(first!, { altKey: true });
    act(() => void vi.advanceTimersByTime(400));
    expect(acts.onSolo.mock.calls).toEqual([["p9"], ["p9"]]);
    expect(acts.onToggle).toHaveBeenCalledOnce();
  });
});

describe("the reasons of a score", () => {
  it("are words with points, those against marked", () => {
    const koc = { terms: [
      { term: "reach", value: 12, points: 9.5, words: { zh: "影响 12 人", en: "reaches 12" } },
      { term: "age", value: 3, points: -2, words: { zh: "三天没分享", en: "quiet for three days" } },
    ] } as Koc;
    render(<KocReasons koc={koc} />);
    const text = screen.getByTestId("koc-reasons").textContent;
    expect(text).toContain("影响 12 人+9.50 分");
    expect(text).toContain("三天没分享−2.00 分");
  });
});

describe("the mini-tree", () => {
  it("shows the root, who brought them and whom they brought, each to be opened", () => {
    const opened = vi.fn();
    const brief = (person: string, name: string, reach = 0) => ({ person, name, at: null, reach });
    const here = {
      chain: [brief("p1", "店长"), brief("p2", "甲"), brief("p3", "乙"), brief("p4", "丙")], brought_by: brief("p3", "乙"), reach: 9, direct_invites: 8,
      brought: Array.from({ length: 8 }, (_, at) => brief(`p${at + 10}`, `新${at}`, at)),
    } as unknown as PersonInCampaign;
    render(<MiniTree here={here} name="丙" self="p4" colour="#2fb6ff" onOpen={opened} />);
    fireEvent.click(screen.getByLabelText("乙"));
    fireEvent.click(screen.getByLabelText("新7"));
    expect(opened.mock.calls).toEqual([["p3"], ["p17"]]);
    expect(screen.getByText("+1")).toBeTruthy();
    expect(screen.getByText("还有 2 位")).toBeTruthy();
    expect(screen.queryByText("新1")).toBeNull();
  });
});

describe("the replay", () => {
  it("starts over from the end, runs at its speed, and stops at now", () => {
    const replay = useReplay;
    replay.getState().reset();
    replay.getState().toggle();
    expect(replay.getState()).toMatchObject({ now: 0, playing: true });
    replay.getState().setSpeed(2);
    replay.getState().advance(WHOLE_MS / 4);
    expect(replay.getState().now).toBeCloseTo(0.5);
    replay.getState().seek(0.9);
    expect(replay.getState().playing).toBe(false);
    replay.getState().toggle();
    replay.getState().advance(WHOLE_MS);
    expect(replay.getState()).toMatchObject({ now: 1, playing: false });
  });
});
