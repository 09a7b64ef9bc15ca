import { describe, expect, it } from "vitest";
import type { Rule } from "@/api/audience";
import { formatsFor } from "@/app/format";
import { i18next } from "@/app/i18n";
import { blankCondition, blankGroup, compile, conditionRule, draftOf, nodeAt, replaced, sizeOf, withAdded, withCopy, without, type GroupDraft, type NodeDraft } from "./draft";
import { eventName } from "./events";
import { piecesOf, plain, sentenceOf, type Speech } from "./words";

/** Seeded chance: a failure names its seed and happens again. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function anyRule(next: () => number, depth: number): Rule {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const number = (most: number): number => Math.floor(next() * most);
  const event = (): string => pick(["Order Paid", "Spread Opened", "逛店", "*"]);
  const days = () => (next() < 0.5 ? {} : { days: 1 + number(366) });
  const limits = () => {
    const low = number(50);
    return pick([{ at_least: low }, { at_most: low }, { at_least: low, at_most: low + number(3) }]);
  };
  const kind = pick(depth > 0 ? ["all", "any", "not", "did", "sequence", "measured", "trait", "tag", "standing", "knows", "city", "segment"] as const : ["did", "sequence", "measured", "trait", "tag", "standing", "knows", "city", "segment"] as const);
  switch (kind) {
    case "all":
    case "any":
      return { kind, rules: Array.from({ length: 1 + number(3) }, () => anyRule(next, depth - 1)) };
    case "not":
      return { kind, rule: anyRule(next, depth - 1) };
    case "did": {
      const low = number(4);
      return { kind, event: event(), at_least: low, ...(next() < 0.5 ? {} : { at_most: low + number(3) }), ...days() };
    }
    case "sequence":
      return { kind, first: event(), then: event() };
    case "measured":
      return { kind, event: event(), ...pick([{ measure: "count" as const, ...days() }, { measure: "sum" as const, ...days() }, { measure: "active_days" as const, days: 7 }, { measure: "days_since_last" as const }, { measure: "days_since_first" as const }]), ...limits() };
    case "trait":
      return { kind, name: "paid_90", ...limits() };
    case "tag":
      return { kind, tag: "tg_1" };
    case "standing":
      return { kind, standing: pick(["fan", "member", "visitor"] as const) };
    case "knows":
      return { kind, known: pick(["phone", "wechat", "city"] as const) };
    case "city":
      return { kind, city: "杭州" };
    case "segment":
      return { kind, segment: "sg_1" };
  }
}

/** The same rule without what the builder has no need of: "not not", and one condition in brackets of its own at the top. */
function tidied(rule: Rule, top = true): Rule {
  if (rule.kind === "not") {
    const inner = tidied(rule.rule, false);
    return inner.kind === "not" ? (top ? tidied(inner.rule, true) : inner.rule) : { kind: "not", rule: inner };
  }
  if (rule.kind !== "all" && rule.kind !== "any") return rule;
  const rules = rule.rules.map((each) => tidied(each, false));
  const [only, ...more] = rules;
  const alone = top && only !== undefined && more.length === 0 && only.kind !== "all" && only.kind !== "any";
  return alone ? only : { kind: rule.kind, rules };
}

const at = (rule: Rule, path: string): Rule | undefined =>
  path.split(".").slice(1).reduce<unknown>((inside, step) => (inside as Record<string, unknown> | undefined)?.[step], rule) as Rule | undefined;

const nodes = (group: GroupDraft): NodeDraft[] => [group, ...group.nodes.flatMap((node) => (node.kind === "group" ? nodes(node) : [node]))];

const speech = (language: "zh" | "en"): Speech => {
  const t = i18next.getFixedT(language);
  return {
    t, format: formatsFor(language),
    names: {
      event: (event) => eventName(t, event), tag: () => "香薰", segment: () => "老客", traitName: () => "近 90 天消费",
      trait: (name) => ({ name, zh: "近 90 天消费", en: "paid", event: "Order Paid", measure: "sum", days: 90 }),
    },
  };
};
const said = (rule: Rule, language: "zh" | "en" = "zh"): string => plain(sentenceOf(speech(language), rule));

describe("a rule in the builder", () => {
  it("comes back as it went in, whatever it is", () => {
    for (let seed = 1; seed <= 3_000; seed += 1) {
      const rule = anyRule(chance(seed), 4);
      const compiled = compile(draftOf(rule));
      expect([seed, compiled.faults.size]).toEqual([seed, 0]);
      expect([seed, compiled.rule]).toEqual([seed, tidied(rule)]);
      expect([seed, compile(draftOf(compiled.rule)).rule]).toEqual([seed, compiled.rule]);
    }
  });

  it("finds the condition a refusal speaks of", () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const { rule, places } = compile(draftOf(anyRule(chance(seed), 4)));
      for (const path of places.keys()) expect([seed, path, at(rule, path.replace(/^rule/, "r")) !== undefined]).toEqual([seed, path, true]);
    }
    const { places } = compile(draftOf({ kind: "all", rules: [{ kind: "tag", tag: "tg_1" }, { kind: "not", rule: { kind: "city", city: "杭州" } }] }));
    expect(nodeAt(places, "rule.rules.1.rule.city")).toBe(places.get("rule.rules.1"));
    expect(nodeAt(places, "rule.rules.0.tag")).toBe(places.get("rule.rules.0"));
    expect(nodeAt(places, "name")).toBe(null);
  });

  it("counts what is whole, and names what is not", () => {
    const unfinished = blankCondition("tag");
    const empty = blankGroup("any");
    const draft = blankGroup("all", [unfinished, draftOf({ kind: "city", city: "杭州" }).nodes[0] as NodeDraft, empty]);
    const { rule, faults, places } = compile(draft);
    expect(rule).toEqual({ kind: "city", city: "杭州" });
    expect([...faults]).toEqual([[unfinished.key, "choose"], [empty.key, "empty"]]);
    expect(places.get("rule")).toBe(draft.nodes[1]?.key);
    expect(compile(blankGroup()).rule).toEqual({ kind: "all", rules: [] });
  });

  it("says what is wrong with a number before the server does", () => {
    const bounds = (how: "least" | "between", low: number | null, high: number | null) => ({ how, low, high });
    expect(conditionRule({ kind: "did", event: "逛店", bounds: bounds("between", 5, 2), days: 7 })).toBe("bounds");
    expect(conditionRule({ kind: "did", event: "逛店", bounds: bounds("least", null, null), days: 7 })).toBe("number");
    expect(conditionRule({ kind: "did", event: "逛店", bounds: bounds("least", 1, null), days: 400 })).toBe("window");
    expect(conditionRule({ kind: "measured", event: "逛店", measure: "active_days", bounds: bounds("least", 1, null), days: null })).toBe("window");
    expect(conditionRule({ kind: "measured", event: "逛店", measure: "days_since_last", bounds: bounds("least", 1, null), days: 30 })).toEqual({ kind: "measured", event: "逛店", measure: "days_since_last", at_least: 1 });
    const many = compile(blankGroup("any", Array.from({ length: 64 }, () => blankCondition("standing"))));
    expect([sizeOf(many.rule), [...many.faults.values()]]).toEqual([65, ["many"]]);
  });

  it("is changed one node at a time", () => {
    const draft = draftOf({ kind: "all", rules: [{ kind: "tag", tag: "a" }, { kind: "any", rules: [{ kind: "tag", tag: "b" }, { kind: "tag", tag: "c" }] }] });
    const group = draft.nodes[1] as GroupDraft;
    const c = group.nodes[1] as NodeDraft;
    expect(compile(without(draft, c.key)).rule).toEqual({ kind: "all", rules: [{ kind: "tag", tag: "a" }, { kind: "any", rules: [{ kind: "tag", tag: "b" }] }] });
    expect(compile(replaced(draft, { ...c, not: true })).rule).toMatchObject({ rules: [{}, { rules: [{}, { kind: "not" }] }] });
    expect(compile(withAdded(draft, group.key, blankCondition("standing"))).rule).toMatchObject({ rules: [{}, { rules: [{}, {}, { kind: "standing" }] }] });
    const copied = withCopy(draft, group.key);
    expect(new Set(nodes(copied).map(({ key }) => key)).size).toBe(nodes(copied).length);
    expect(compile(copied).rule).toMatchObject({ rules: [{ tag: "a" }, { kind: "any" }, { kind: "any" }] });
  });
});

describe("a rule in words", () => {
  const sleeping: Rule = { kind: "all", rules: [{ kind: "did", event: "Order Paid" }, { kind: "not", rule: { kind: "did", event: "*", days: 90 } }] };

  it("reads as a sentence", () => {
    expect(said(sleeping)).toBe("做过「支付订单」，且近 90 天没做过「任何行为」");
    expect(said(sleeping, "en")).toBe("Did “Order paid”, and did not “anything” within the last 90 days");
    expect(said({ kind: "any", rules: [{ kind: "standing", standing: "fan" }, { kind: "all", rules: [{ kind: "city", city: "杭州" }, { kind: "tag", tag: "t" }] }] })).toBe("身份是粉丝，或（城市是杭州，且带有标签「香薰」）");
    expect(said({ kind: "did", event: "Spread Opened", at_least: 3, days: 7 })).toBe("近 7 天做过「打开分享」至少 3 次");
    expect(said({ kind: "measured", event: "Order Paid", measure: "sum", at_least: 10_000, at_most: 50_000, days: 30 })).toBe("近 30 天「支付订单」的金额合计在 ¥100.00 到 ¥500.00 之间");
    expect(said({ kind: "trait", name: "paid_90", at_most: 100 })).toBe("近 90 天消费至多 ¥1.00");
    expect(said({ kind: "not", rule: { kind: "any", rules: [{ kind: "knows", known: "phone" }, { kind: "segment", segment: "sg" }] } })).toBe("都不满足（留下了手机号；属于人群「老客」）");
    expect(said({ kind: "all", rules: [] })).toBe("所有人");
  });

  it("is the same after the builder had it, and never leaves a blank unfilled", () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const rule = anyRule(chance(seed), 3);
      for (const language of ["zh", "en"] as const) {
        const words = said(rule, language);
        expect([seed, words]).toEqual([seed, said(compile(draftOf(rule)).rule, language)]);
        expect(words).not.toMatch(/\{\{|rules\.|undefined|null|NaN/);
      }
    }
  });

  it("sets off what was chosen", () => {
    const pieces = piecesOf(sentenceOf(speech("zh"), { kind: "city", city: "杭州" }));
    expect(pieces).toEqual([{ text: "城市是", isTold: false }, { text: "杭州", isTold: true }]);
  });
});
