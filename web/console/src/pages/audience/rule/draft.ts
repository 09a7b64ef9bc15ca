import type { Known, Measure, Rule, Standing } from "@/api/audience";

/** How a number is bounded; the words of the four ways people say it. */
export interface Bounds {
  how: "least" | "most" | "exactly" | "between";
  low: number | null;
  high: number | null;
}

/** What a condition says while it is written: what is not chosen yet is null. */
export type Said =
  | { kind: "did"; event: string | null; bounds: Bounds; days: number | null }
  | { kind: "sequence"; first: string | null; then: string | null }
  | { kind: "measured"; event: string | null; measure: Measure; bounds: Bounds; days: number | null }
  | { kind: "trait"; name: string | null; bounds: Bounds }
  | { kind: "tag"; tag: string | null }
  | { kind: "standing"; standing: Standing }
  | { kind: "knows"; known: Known }
  | { kind: "city"; city: string | null }
  | { kind: "segment"; segment: string | null };
export type ConditionKind = Said["kind"];

export interface ConditionDraft {
  key: string;
  kind: "condition";
  not: boolean;
  said: Said;
}

export interface GroupDraft {
  key: string;
  kind: "group";
  not: boolean;
  mode: "all" | "any";
  nodes: NodeDraft[];
}
export type NodeDraft = ConditionDraft | GroupDraft;

/** What is wrong with a condition before the server is asked. */
export type Fault = "choose" | "number" | "bounds" | "window" | "empty" | "many";

export const DAYS_MAX = 366;
/** As the server counts them: every group, "not" and condition. */
export const CONDITIONS_MAX = 64;
/** Groups in groups the builder offers; the server takes eight levels, a "not" being one. */
export const GROUPS_DEEP_MAX = 3;

let made = 0;
const newKey = (): string => `n${(made += 1)}`;

export const least = (low: number | null): Bounds => ({ how: "least", low, high: null });

export const takesWindow = (measure: Measure): boolean => measure === "count" || measure === "sum" || measure === "active_days";

const boundsOf = (low: number | null | undefined, high: number | null | undefined): Bounds => {
  if (high == null) return least(low ?? null);
  if (low == null) return { how: "most", low: null, high };
  return low === high ? { how: "exactly", low, high: null } : { how: "between", low, high };
};

/** Times somebody did something start at nought, so "at most" has a lower bound, too. */
const timesOf = (low: number, high: number | null | undefined): Bounds => (low === 0 && high != null && high > 0 ? { how: "most", low: null, high } : boundsOf(low, high));

type Limits = { at_least?: number; at_most?: number };
const limitsOf = ({ how, low, high }: Bounds): Limits | Fault => {
  const isNumber = (value: number | null): value is number => value !== null && Number.isInteger(value);
  if (how === "least") return isNumber(low) ? { at_least: low } : "number";
  if (how === "most") return isNumber(high) ? { at_most: high } : "number";
  if (how === "exactly") return isNumber(low) ? { at_least: low, at_most: low } : "number";
  if (!isNumber(low) || !isNumber(high)) return "number";
  return low <= high ? { at_least: low, at_most: high } : "bounds";
};

export function blankCondition(kind: ConditionKind, not = false): ConditionDraft {
  const said: Record<ConditionKind, Said> = {
    did: { kind: "did", event: null, bounds: least(1), days: 30 },
    sequence: { kind: "sequence", first: null, then: null },
    measured: { kind: "measured", event: "Order Paid", measure: "sum", bounds: least(null), days: null },
    trait: { kind: "trait", name: null, bounds: least(null) },
    tag: { kind: "tag", tag: null },
    standing: { kind: "standing", standing: "fan" },
    knows: { kind: "knows", known: "phone" },
    city: { kind: "city", city: null },
    segment: { kind: "segment", segment: null },
  };
  return { key: newKey(), kind: "condition", not, said: said[kind] };
}

export const blankGroup = (mode: "all" | "any" = "all", nodes: NodeDraft[] = []): GroupDraft => ({ key: newKey(), kind: "group", not: false, mode, nodes });

function saidOf(rule: Exclude<Rule, { kind: "all" | "any" | "not" }>): Said {
  switch (rule.kind) {
    case "did":
      return { kind: "did", event: rule.event, bounds: timesOf(rule.at_least ?? 1, rule.at_most), days: rule.days ?? null };
    case "measured":
      return { kind: "measured", event: rule.event, measure: rule.measure, bounds: boundsOf(rule.at_least, rule.at_most), days: rule.days ?? null };
    case "trait":
      return { kind: "trait", name: rule.name, bounds: boundsOf(rule.at_least, rule.at_most) };
    default:
      return rule;
  }
}

function nodeOf(rule: Rule): NodeDraft {
  if (rule.kind === "not") {
    const inner = nodeOf(rule.rule);
    return { ...inner, not: !inner.not };
  }
  if (rule.kind === "all" || rule.kind === "any") return blankGroup(rule.kind, rule.rules.map(nodeOf));
  return { key: newKey(), kind: "condition", not: false, said: saidOf(rule) };
}

/** A rule as the builder shows it: always a group, so that there is a place for the next condition. */
export function draftOf(rule: Rule): GroupDraft {
  const node = nodeOf(rule);
  return node.kind === "group" ? node : blankGroup("all", [node]);
}

/** What one condition asks of the API, or what it lacks. */
export function conditionRule(said: Said): Rule | Fault {
  const windowed = (days: number | null): { days?: number } | Fault => {
    if (days === null) return {};
    return Number.isInteger(days) && days >= 1 && days <= DAYS_MAX ? { days } : "window";
  };
  switch (said.kind) {
    case "did": {
      if (!said.event) return "choose";
      const limits = limitsOf(said.bounds);
      const days = windowed(said.days);
      if (typeof limits === "string") return limits;
      if (typeof days === "string") return days;
      return { kind: "did", event: said.event, at_least: limits.at_least ?? 0, ...(limits.at_most === undefined ? {} : { at_most: limits.at_most }), ...days };
    }
    case "measured": {
      if (!said.event) return "choose";
      const limits = limitsOf(said.bounds);
      const days = takesWindow(said.measure) ? windowed(said.days) : {};
      if (typeof limits === "string") return limits;
      if (typeof days === "string") return days;
      if (said.measure === "active_days" && days.days === undefined) return "window";
      return { kind: "measured", event: said.event, measure: said.measure, ...limits, ...days };
    }
    case "trait": {
      if (!said.name) return "choose";
      const limits = limitsOf(said.bounds);
      return typeof limits === "string" ? limits : { kind: "trait", name: said.name, ...limits };
    }
    case "sequence":
      return said.first && said.then ? { kind: "sequence", first: said.first, then: said.then } : "choose";
    case "tag":
      return said.tag ? { kind: "tag", tag: said.tag } : "choose";
    case "city":
      return said.city?.trim() ? { kind: "city", city: said.city.trim() } : "choose";
    case "segment":
      return said.segment ? { kind: "segment", segment: said.segment } : "choose";
    case "standing":
    case "knows":
      return said;
  }
}

export interface Compiled {
  /** Of the conditions that are whole; without any: everybody. */
  rule: Rule;
  /** What is not whole yet, by the key of its node. */
  faults: Map<string, Fault>;
  /** The node at a place of the rule, written as the server writes it: `rule.rules.1`. */
  places: Map<string, string>;
}

const EVERYBODY: Rule = { kind: "all", rules: [] };
const negated = (not: boolean, rule: Rule): Rule => (not ? { kind: "not", rule } : rule);
const isFault = (told: Rule | Fault): told is Fault => typeof told === "string";

/** The rule a draft stands for. What is not whole is left out and named. */
export function compile(root: GroupDraft): Compiled {
  const faults = new Map<string, Fault>();
  const whole = (node: NodeDraft): Rule | null => {
    if (node.kind === "condition") {
      const told = conditionRule(node.said);
      if (!isFault(told)) return negated(node.not, told);
      faults.set(node.key, told);
      return null;
    }
    const rules = node.nodes.map(whole);
    const kept = rules.filter((rule) => rule !== null);
    if (node.nodes.length === 0 && node !== root) faults.set(node.key, "empty");
    return kept.length === 0 ? null : negated(node.not, { kind: node.mode, rules: kept });
  };
  const of = whole(root);
  // The group at the top is only there to hold one condition: it says nothing then.
  const only = !root.not && of !== null && (of.kind === "all" || of.kind === "any") && of.rules.length === 1 ? of.rules[0] : undefined;
  const alone = only !== undefined && only.kind !== "all" && only.kind !== "any";
  const rule = of === null ? EVERYBODY : alone ? only : of;
  if (sizeOf(rule) > CONDITIONS_MAX) faults.set(root.key, "many");

  const places = new Map<string, string>();
  const walk = (node: NodeDraft, path: string): void => {
    places.set(path, node.key);
    const inner = node.not ? `${path}.rule` : path;
    if (node.not) places.set(inner, node.key);
    if (node.kind === "condition") return;
    const kept = node.nodes.filter((each) => stands(each, faults));
    kept.forEach((each, at) => walk(each, node === root && alone ? path : `${inner}.rules.${at}`));
  };
  walk(root, "rule");
  return { rule, faults, places };
}

const stands = (node: NodeDraft, faults: ReadonlyMap<string, Fault>): boolean =>
  node.kind === "condition" ? !faults.has(node.key) : node.nodes.some((each) => stands(each, faults));

/** Groups, "not"s and conditions, as the server counts them. */
export const sizeOf = (rule: Rule): number =>
  rule.kind === "all" || rule.kind === "any" ? 1 + rule.rules.reduce((sum, each) => sum + sizeOf(each), 0) : rule.kind === "not" ? 1 + sizeOf(rule.rule) : 1;

/** The node a refusal's field is about: the nearest there is to `rule.rules.1.days`. */
export function nodeAt(places: ReadonlyMap<string, string>, field: string): string | null {
  for (let path = field; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) {
    const key = places.get(path);
    if (key !== undefined) return key;
  }
  return null;
}

const inGroup = (node: GroupDraft, change: (nodes: NodeDraft[]) => NodeDraft[]): GroupDraft => ({ ...node, nodes: change(node.nodes) });

/** The tree with one node replaced. */
export const replaced = (group: GroupDraft, next: NodeDraft): GroupDraft => {
  if (group.key === next.key && next.kind === "group") return next;
  return inGroup(group, (nodes) => nodes.map((node) => (node.key === next.key ? next : node.kind === "group" ? replaced(node, next) : node)));
};

export const without = (group: GroupDraft, key: string): GroupDraft =>
  inGroup(group, (nodes) => nodes.filter((node) => node.key !== key).map((node) => (node.kind === "group" ? without(node, key) : node)));

export const withAdded = (group: GroupDraft, into: string, node: NodeDraft): GroupDraft =>
  group.key === into ? inGroup(group, (nodes) => [...nodes, node]) : inGroup(group, (nodes) => nodes.map((each) => (each.kind === "group" ? withAdded(each, into, node) : each)));

/** The same condition once more, after itself. */
export const withCopy = (group: GroupDraft, key: string): GroupDraft =>
  inGroup(group, (nodes) => nodes.flatMap((node) => {
    const kept = node.kind === "group" ? withCopy(node, key) : node;
    return node.key === key ? [kept, rekeyed(node)] : [kept];
  }));

const rekeyed = (node: NodeDraft): NodeDraft => (node.kind === "group" ? { ...node, key: newKey(), nodes: node.nodes.map(rekeyed) } : { ...node, key: newKey() });
