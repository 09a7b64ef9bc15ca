/** Made-up people with made-up days, and rules asked of them: segments, tags and traits of the stand-in. */
import { nameOf, random } from "./synthetic.mjs";

const DAY_MS = 86_400_000;
const CITIES = ["北京", "上海", "广州", "成都", "杭州", "南京", "重庆", "武汉"];
const PEOPLE = 3_000;

function makePerson(handle) {
  const r = random(handle * 131 + 7);
  const deeds = [];
  const busy = r() ** 3;
  for (let day = 0; day < 120; day++) {
    if (r() < busy * 0.3) deeds.push({ event: "Spread Opened", day });
    if (r() < busy * 0.08) deeds.push({ event: "Spread Shared", day });
    if (r() < busy * 0.05) deeds.push({ event: "Order Paid", day, minor: Math.round(990 + r() * 60_000) });
    if (r() < busy * 0.2) deeds.push({ event: "逛直播间", day });
  }
  return { person: `p${handle}`, name: nameOf(handle), city: r() < 0.8 ? CITIES[Math.floor(r() ** 2 * CITIES.length)] : null, phone: r() < 0.5, wechat: r() < 0.6, deeds, tags: new Map() };
}
const people = Array.from({ length: PEOPLE }, (_, at) => makePerson(at + 1));
const byId = new Map(people.map((each) => [each.person, each]));

const paid = ({ deeds }) => deeds.some(({ event }) => event === "Order Paid");
const standingOf = (each) => (paid(each) ? "member" : each.phone && each.wechat ? "fan" : "visitor");
const seenOf = ({ deeds }) => (deeds.length ? new Date(Date.now() - Math.min(...deeds.map(({ day }) => day)) * DAY_MS - 5_000_000).toISOString() : null);
const row = (each) => ({ person: each.person, name: each.name, city: each.city, standing: standingOf(each), last_seen: seenOf(each) });

function measured(each, { event, measure, days }) {
  const deeds = each.deeds.filter((deed) => (event === "*" || deed.event === event) && (days == null || deed.day < days));
  if (measure === "count") return deeds.length;
  if (measure === "sum") return deeds.reduce((sum, { minor = 0 }) => sum + minor, 0);
  if (measure === "active_days") return new Set(deeds.map(({ day }) => day)).size;
  if (deeds.length === 0) return null;
  return measure === "days_since_first" ? Math.max(...deeds.map(({ day }) => day)) : Math.min(...deeds.map(({ day }) => day));
}
const between = (value, { at_least, at_most }) => value !== null && value >= (at_least ?? -Infinity) && value <= (at_most ?? Infinity);

function why(each, rule) {
  const leaf = (holds, saw = null) => ({ kind: rule.kind, holds, saw, wanted: rule, rules: [] });
  const group = (rules, holds) => ({ kind: rule.kind, holds, saw: null, wanted: null, rules });
  switch (rule.kind) {
    case "all": { const rules = rule.rules.map((inner) => why(each, inner)); return group(rules, rules.every(({ holds }) => holds)); }
    case "any": { const rules = rule.rules.map((inner) => why(each, inner)); return group(rules, rules.some(({ holds }) => holds)); }
    case "not": { const inner = why(each, rule.rule); return group([inner], !inner.holds); }
    case "did": { const saw = measured(each, { ...rule, measure: "count" }); return leaf(between(saw, { at_least: rule.at_least ?? 1, at_most: rule.at_most }), saw); }
    case "measured": { const saw = measured(each, rule); return leaf(between(saw, rule), saw); }
    case "trait": { const saw = measured(each, traits.find(({ name }) => name === rule.name)); return leaf(between(saw, rule), saw); }
    case "sequence": return leaf(each.deeds.some((a) => a.event === rule.first && each.deeds.some((b) => b.event === rule.then && b.day < a.day)));
    case "tag": { const tag = tags.find((one) => one.tag === rule.tag); return leaf(tag?.rule ? why(each, tag.rule).holds : each.tags.has(rule.tag)); }
    case "standing": return leaf(standingOf(each) === rule.standing, standingOf(each));
    case "knows": return leaf(rule.known === "city" ? each.city !== null : each[rule.known]);
    case "city": return leaf(each.city === rule.city, each.city);
    case "segment": { const inner = why(each, ruleOf(find(rule.segment))); return { ...leaf(inner.holds), rules: [inner] }; }
    default: throw new Error(`no such rule: ${rule.kind}`);
  }
}

const now = () => new Date().toISOString();
const ago = (days) => new Date(Date.now() - days * DAY_MS).toISOString();
const traits = [
  { name: "paid_90d", zh: "近 90 天消费金额", en: "Paid in the last 90 days", event: "Order Paid", measure: "sum", days: 90 },
  { name: "opens_30d", zh: "近 30 天打开次数", en: "Opened in the last 30 days", event: "Spread Opened", measure: "count", days: 30 },
  { name: "last_seen_days", zh: "多少天没来", en: "Days since last seen", event: "*", measure: "days_since_last", days: null },
];
const tags = [
  ["兴趣", "香薰", "intent", "问过或买过香薰"], ["兴趣", "亲子阅读", "intent", ""], ["兴趣", "摄影", "intent", "直播间报名了摄影课"], ["客户等级", "重点客户", "judgement", "店长每月复核"], ["客户等级", "潜力客户", "judgement", ""],
  ["客户等级", "售后敏感", "judgement", "联系前先看工单"], ["来源", "到店扫码", "fact", ""], ["来源", "员工邀请", "fact", ""],
].map(([group, name, intent, note], at) => ({ tag: `tg_${at + 1}`, group, name, intent, note, rule: null, created_at: ago(90 - at * 9), by: "staff:s1" }));
tags.push({ tag: "tg_20", group: "行为", name: "高频分享", intent: "fact", note: "近 30 天分享 3 次以上自动贴上", rule: { kind: "did", event: "Spread Shared", at_least: 3, days: 30 }, created_at: ago(12), by: "staff:s1" });
people.forEach((each, at) => {
  const r = random(at + 99);
  for (const { tag } of tags.slice(0, 8)) if (r() < 0.09) each.tags.set(tag, { by: "staff:s1", at: ago(Math.floor(r() * 60)), until: r() < 0.3 ? "2026-12-31" : null, note: r() < 0.4 ? "双十一到店登记" : null });
});
let made = 0;
const segments = [];
const addSegment = ({ name, note = "", kind, rule = null, people: listed = null }) => {
  const segment = { segment: `sg_${(made += 1)}`, name, note, kind, rule, listed, created_at: ago(40 - made), changed_at: ago(Math.max(0, 9 - made)), by: "staff:s1" };
  segments.unshift(segment);
  return segment;
};
const find = (id) => {
  const found = segments.find(({ segment }) => segment === id);
  if (!found) throw Object.assign(new Error("There is no such segment"), { status: 404, code: "not_found" });
  return found;
};
const ruleOf = ({ kind, rule, listed }) => (kind === "live" ? rule : { kind: "any", rules: [], listed });
const members = (segment) => (segment.kind === "live" ? people.filter((each) => why(each, segment.rule).holds) : people.filter(({ person }) => segment.listed?.includes(person)));
const uses = (rule, id) => (rule?.kind === "segment" ? rule.segment === id : (rule?.rules ?? (rule?.rule ? [rule.rule] : [])).some((inner) => uses(inner, id)));
const shown = (segment) => ({ ...segment, listed: undefined, size: members(segment).length, is_exact: true, used_by: segments.filter(({ rule }) => uses(rule, segment.segment)).map(({ segment: id, name }) => ({ segment: id, name })) });

addSegment({ name: "活跃粉丝", kind: "live", rule: { kind: "all", rules: [{ kind: "standing", standing: "fan" }, { kind: "did", event: "*", at_least: 1, days: 30 }] } });
addSegment({ name: "沉睡老客", note: "买过但 60 天没来，双十二前唤醒", kind: "live", rule: { kind: "all", rules: [{ kind: "did", event: "Order Paid", at_least: 1 }, { kind: "not", rule: { kind: "did", event: "*", at_least: 1, days: 60 } }] } });
addSegment({ name: "高价值分享者", kind: "live", rule: { kind: "all", rules: [{ kind: "did", event: "Spread Shared", at_least: 2, days: 60 }, { kind: "any", rules: [{ kind: "trait", name: "paid_90d", at_least: 50_000 }, { kind: "tag", tag: "tg_4" }] }, { kind: "not", rule: { kind: "tag", tag: "tg_6" } }] } });
addSegment({ name: "北上广", kind: "live", rule: { kind: "any", rules: ["北京", "上海", "广州"].map((city) => ({ kind: "city", city })) } });
addSegment({ name: "北上广的活跃粉丝", kind: "live", rule: { kind: "all", rules: [{ kind: "segment", segment: "sg_4" }, { kind: "segment", segment: "sg_1" }] } });
addSegment({ name: "摄影课体验名单", note: "线下报名表", kind: "manual", people: people.slice(40, 62).map(({ person }) => person) });

const preview = ({ rule, sample = 20 }) => {
  const began = performance.now();
  const found = people.filter((each) => why(each, rule).holds);
  return { count: found.length, everybody: PEOPLE, sample: found.slice(0, sample).map(row), took_us: Math.round((performance.now() - began) * 1000) };
};
const overlap = ({ segments: asked }) => {
  const sets = asked.map((id) => ({ ...find(id), people: new Set(members(find(id))) }));
  const both = (a, b) => [...a.people].filter((each) => b.people.has(each)).length;
  return {
    sizes: sets.map(({ segment, name, people: of }) => ({ segment, name, size: of.size })),
    pairs: sets.flatMap((a, at) => sets.slice(at + 1).map((b) => ({ a: a.segment, b: b.segment, both: both(a, b), only_a: a.people.size - both(a, b), only_b: b.people.size - both(a, b) }))),
    all: [...sets[0].people].filter((each) => sets.every(({ people: of }) => of.has(each))).length,
  };
};
const counted = (tag) => ({ ...tag, people: people.filter((each) => why(each, { kind: "tag", tag: tag.tag }).holds).length });
const counts = (of) => [...people.reduce((all, each) => { for (const one of of(each)) all.set(one, (all.get(one) ?? 0) + 1); return all; }, new Map())].sort((a, b) => b[1] - a[1]);
const tagById = (id) => tags.find(({ tag }) => tag === id);
const drop = (list, at) => void list.splice(at, 1);
const sizes = (segment, days) => {
  let size = members(segment).length;
  const r = random(segment.name.length);
  return Array.from({ length: days }, (_, back) => {
    const entered = Math.floor(r() * Math.max(3, size / 40));
    const left = Math.floor(r() * Math.max(2, size / 55));
    const day = { day: new Date(Date.now() - back * DAY_MS).toISOString().slice(0, 10), size, entered, left };
    size = Math.max(0, size - entered + left);
    return day;
  }).reverse();
};

export const audienceRoutes = [
  ["GET", /^\/segments$/, (_, { query }) => ({ items: segments.filter(({ name, note }) => (name + note).includes(query.get("q") ?? "")).map(shown), next: null })],
  ["POST", /^\/segments$/, (_, { body }) => shown(addSegment({ ...body, ...(body.kind === "snapshot" ? { people: (body.of ? members(find(body.of)) : people.filter((each) => why(each, body.rule).holds)).map(({ person }) => person), rule: null } : {}) }))],
  ["GET", /^\/segments\/vocabulary$/, () => ({
    events: counts(({ deeds }) => new Set(deeds.map(({ event }) => event))).map(([event, of]) => ({ event, people: of })),
    cities: counts(({ city }) => (city ? [city] : [])).map(([city, of]) => ({ city, people: of })), traits, tags: tags.map(({ tag, name, group }) => ({ tag, name, group })), measures: [],
  })],
  ["POST", /^\/segments\/preview$/, (_, { body }) => preview(body)],
  ["POST", /^\/segments\/overlap$/, (_, { body }) => overlap(body)],
  ["GET", /^\/segments\/([^/]+)$/, ([id]) => shown(find(id))],
  ["PATCH", /^\/segments\/([^/]+)$/, ([id], { body }) => shown(Object.assign(find(id), body, { changed_at: now() }))],
  ["DELETE", /^\/segments\/([^/]+)$/, ([id]) => drop(segments, segments.indexOf(find(id)))],
  ["GET", /^\/segments\/([^/]+)\/people$/, ([id], { query }) => {
    const [from, limit, all] = [Number(query.get("after") ?? 0), Number(query.get("limit") ?? 50), members(find(id))];
    return { items: all.slice(from, from + limit).map(row), total: all.length, next: from + limit < all.length ? String(from + limit) : null };
  }],
  ["POST", /^\/segments\/([^/]+)\/people$/, ([id], { body: { add = [], remove = [] } }) => {
    const segment = find(id);
    segment.listed = [...new Set([...segment.listed, ...add])].filter((each) => !remove.includes(each));
    return shown(segment);
  }],
  ["GET", /^\/segments\/([^/]+)\/sizes$/, ([id], { query }) => ({ items: sizes(find(id), Number(query.get("days") ?? 30)) })],
  ["GET", /^\/segments\/([^/]+)\/people\/([^/]+)\/why$/, ([id, person]) => {
    const segment = find(id);
    return segment.kind === "live" ? why(byId.get(person), segment.rule) : { kind: "listed", holds: segment.listed.includes(person) };
  }],
  ["GET", /^\/traits$/, () => ({ items: traits.map((each) => ({ ...each, people: people.filter((one) => measured(one, each)).length })) })],
  ["POST", /^\/traits$/, (_, { body }) => (traits.push(body), body)],
  ["DELETE", /^\/traits\/([^/]+)$/, ([name]) => drop(traits, traits.findIndex((each) => each.name === name))],
  ["GET", /^\/tags$/, () => ({ items: tags.map(counted) })],
  ["POST", /^\/tags$/, (_, { body }) => {
    const tag = { tag: `tg_${100 + tags.length}`, note: "", rule: null, created_at: now(), by: "staff:s1", ...body };
    tags.push(tag);
    return counted(tag);
  }],
  ["PATCH", /^\/tags\/([^/]+)$/, ([id], { body }) => counted(Object.assign(tagById(id), body))],
  ["DELETE", /^\/tags\/([^/]+)$/, ([id]) => drop(tags, tags.indexOf(tagById(id)))],
  ["POST", /^\/tags\/([^/]+)\/people$/, ([id], { body }) => {
    for (const person of body.people) {
      if (body.on) byId.get(person)?.tags.set(id, { by: "staff:s1", at: now(), until: body.until ?? null, note: body.note ?? null });
      else byId.get(person)?.tags.delete(id);
    }
    return { changed: body.people.length };
  }],
  ["GET", /^\/persons$/, (_, { query }) => {
    const found = people.filter(({ name, person }) => !query.get("q") || name.includes(query.get("q")) || person === query.get("q")).slice(0, Number(query.get("limit") ?? 50));
    return { items: found.map((each) => ({ ...row(each), matched: "name", is_fan: each.phone && each.wechat, campaigns: 1, reach: 0, unit: null })), total: found.length, total_is_exact: true, next: null };
  }],
  ["GET", /^\/persons\/([^/]+)$/, ([id]) => {
    const each = byId.get(id);
    return { person: id, name: each.name, is_fan: each.phone && each.wechat, phone_masked: each.phone ? "138****0042" : null, city: each.city, first_seen: ago(120), last_seen: seenOf(each), facts: each.deeds.length, events: [], identities: [] };
  }],
  ["GET", /^\/persons\/([^/]+)\/timeline$/, () => ({ items: [], next: null })],
  ["GET", /^\/persons\/([^/]+)\/consents$/, () => ({ purposes: [], items: [] })],
  ["GET", /^\/persons\/([^/]+)\/audience$/, ([id]) => {
    const each = byId.get(id);
    const orders = each.deeds.filter(({ event }) => event === "Order Paid");
    return {
      standing: standingOf(each), stage: orders.length ? "paying" : "active", value_class: orders.length > 2 ? "loyal" : "ordinary", purchase_period_days: orders.length > 1 ? 17 : null,
      rfm: orders.length ? { r: 4, f: Math.min(5, orders.length), m: 3, recency_days: Math.min(...orders.map(({ day }) => day)), orders: orders.length, paid_minor: measured(each, { event: "*", measure: "sum" }) } : null,
      tags: tags.filter(({ tag }) => why(each, { kind: "tag", tag }).holds).map(({ tag, group, name, intent }) => ({ tag, group, name, intent, by: "rule", ...each.tags.get(tag) })),
      traits: traits.map((trait) => ({ ...trait, value: measured(each, trait) })), segments: segments.filter((segment) => members(segment).includes(each)).map(({ segment, name }) => ({ segment, name })),
      prefers: [{ what: "Spread Opened", share: 0.62 }, { what: "逛直播间", share: 0.38 }],
    };
  }],
];
