import { expect, test } from "vitest";
import { share, yuan } from "../kit/money";
import { type FanInstance, type FanPlay, adapt, address } from "./adapt";
import { left, next, portion } from "./model";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const instance: FanInstance = {
  id: "i7", state: "open", progress: 1, goal: 3, helpers: 1, is_mine: true, helped: false, deadline: "2026-11-24T12:00:00Z", seats: { paid: 0, locked: 0 },
};
const said: FanPlay = {
  id: "books", name: "0元领书", kind: "free_gift", phase: "live", terms: "邀请 3 位好友", organiser: "灯塔书店", starts_at: "2026-11-23T00:00:00Z",
  ends_at: "2026-11-30T00:00:00Z", friends: 3, rewards: [{ id: "book", name: "一本书", value_fen: 3900, left: 500, at: 3, ppm: null }], none_ppm: null, mine: null, got: [],
};
const got = { reward: "book", name: "一本书", fen: null, state: "held" as const, until: "2026-11-26T12:00:00Z" };
const step = (changes: Partial<FanPlay>, named?: Partial<FanInstance>) =>
  next(adapt(named ? [{ ...said, ...changes }, { ...instance, ...named }] : [{ ...said, ...changes }], NOW));

test("who came begins, invites, claims and is done", () => {
  expect(step({})).toEqual({ do: "join" });
  expect(step({ mine: instance })).toEqual({ do: "invite" });
  const complete = { ...instance, state: "complete" as const, progress: 3 };
  expect(step({ mine: complete, got: [got] })).toEqual({ do: "claim" });
  expect(step({ mine: complete, got: [{ ...got, state: "given" }] })).toEqual({ do: "done" });
  expect(step({ mine: { ...instance, state: "expired" } })).toEqual({ do: "join" });
});

test("a friend helps, then may have one too", () => {
  expect(step({}, { is_mine: false })).toEqual({ do: "help" });
  expect(step({}, { is_mine: false, helped: true })).toEqual({ do: "join" });
  expect(step({ mine: instance }, { id: "i8", is_mine: false, state: "complete" })).toEqual({ do: "join" });
});

test("what was reached is claimed after the end; nothing is begun then", () => {
  const over = { ends_at: "2026-11-23T11:00:00Z" };
  expect(step({ ...over, mine: { ...instance, state: "complete" }, got: [got] })).toEqual({ do: "claim" });
  expect(step(over)).toEqual({ do: "wait", why: "over" });
  expect(step({ starts_at: "2026-11-24T00:00:00Z" })).toEqual({ do: "wait", why: "soon" });
  expect(step({ phase: "paused" })).toEqual({ do: "wait", why: "paused" });
  expect(step({ ...over }, { is_mine: false })).toEqual({ do: "wait", why: "over" });
});

test("a draw is drawn once, a day is checked in", () => {
  expect(step({ kind: "lottery", friends: 0 })).toEqual({ do: "join" });
  expect(step({ kind: "lottery", friends: 0, got: [{ ...got, state: "given" }] })).toEqual({ do: "done" });
  expect(step({ kind: "check_in", friends: 0, mine: instance })).toEqual({ do: "check_in" });
});

test("an act goes to its own address", () => {
  expect(address(1, "a b", adapt([said, instance], NOW).attempt, "help")).toBe("/api/v1/fan/1/plays/a%20b/instances/i7/help");
});

test("a bar is full only when it is", () => {
  expect([portion(0, 3), portion(2999, 3000), portion(3, 3), portion(4, 3)]).toEqual([0, 0.99, 1, 1]);
});

test("time and money are written as people read them", () => {
  expect(left(90_061_000, 0)).toEqual({ days: 1, clock: "01:01:01" });
  expect(left(5, 10)).toBeNull();
  expect([yuan(9900), yuan(880), share(1000), share(500_000)]).toEqual(["¥99", "¥8.80", "0.1%", "50%"]);
});
