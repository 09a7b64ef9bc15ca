/**
 * A stand-in for the server while working on the console alone: `npm run dev:mock` beside `npm run dev`.
 * Made-up people, nothing is stored. Sign in with any email and the password "demo".
 */
import { createServer } from "node:http";
import { Campaign } from "./answers.mjs";
import { audienceRoutes } from "./audience.mjs";
import { nameOf, storeName } from "./synthetic.mjs";

const start = Date.parse("2026-11-20T01:00:00Z");
const campaigns = [
  new Campaign("books", "开学季 0 元领书", { people: 57_012, stores: 24, seed: 11, startMs: start, hours: 48 }),
  new Campaign("perfume", "香薰老客回购", { people: 3_204, stores: 9, seed: 5, startMs: start - 9 * 86_400_000, hours: 72 }),
  new Campaign("silent", "双十二预热", null),
];
let signedIn = process.argv.includes("--signed-in");
const apiKeys = [{ id: "k1", kind: "write", name: "小程序", prefix: "slw_9fK2", created_at: "2026-11-18T02:11:00Z" }];
const session = {
  workspace: { id: "w1", name: "读者书店" },
  staff: { id: "s1", name: "周以宁", email: "demo@searchlight.local", role: "owner", unit: { id: "u1", name: "读者书店集团" } },
  permissions: ["manage_roles", "manage_sign_in", "read_audit", "read_campaigns", "manage_campaigns", "manage_keys", "manage_staff", "manage_organisation", "read_organisation", "read_network", "read_facts", "read_system", "review_fraud", "manage_segments", "tag_people"],
  scope: { kind: "all", units: [] },
  must_change_password: false,
};
const units = [
  { id: "u1", name: "读者书店集团", kind: "group", parent: null },
  ...["北京", "上海", "广州", "成都", "杭州", "南京", "重庆", "武汉"].map((name, i) => ({ id: `c${i}`, name, kind: "city", parent: "u1" })),
  ...Array.from({ length: 24 }, (_, i) => ({ id: `u${i + 10}`, name: storeName(i), kind: "store", parent: `c${Math.min(7, Math.floor(i / 3))}` })),
];
const staff = [
  session.staff,
  ...Array.from({ length: 24 }, (_, i) => ({ id: `s${i + 5}`, name: nameOf(i * 31 + 7), email: `store${i + 1}@searchlight.local`, role: "store_manager", unit: { id: `u${i + 10}`, name: storeName(i) } })),
];

const roles = [
  { id: "owner", name: null, permissions: session.permissions, scope: "all", staff: 1 },
  { id: "analyst", name: null, permissions: ["read_campaigns", "read_network", "read_facts"], scope: "all", staff: 0 },
  { id: "store_manager", name: null, permissions: ["read_campaigns", "read_network"], scope: "unit", staff: 24 },
];
const providers = [];
/** What is made stays until the stand-in stops. */
const keep = (list, item) => (list.push(item), item);
const found = (list, id) => {
  const item = list.find((each) => each.id === decodeURIComponent(id));
  if (!item) throw new Refusal(404, "not_found", "There is no such thing here");
  return item;
};
const drop = (list, id) => void list.splice(list.indexOf(found(list, id)), 1);

class Refusal extends Error {
  constructor(status, code, title) {
    super(title);
    Object.assign(this, { status, code });
  }
}
const findCampaign = (id) => {
  const found = campaigns.find((campaign) => campaign.id === id);
  if (!found) throw new Refusal(404, "not_found", "Not found");
  return found;
};

const routes = [
  ...audienceRoutes,
  ["POST", /^\/session$/, (_, { body }) => {
    if (body.password !== "demo") throw new Refusal(401, "wrong_credentials", "Wrong email or password");
    signedIn = true;
    return session;
  }],
  ["GET", /^\/session$/, () => session],
  ["DELETE", /^\/session$/, () => ((signedIn = false), undefined)],
  ["GET", /^\/setup$/, () => ({ needed: false })],
  ["POST", /^\/session\/password$/, () => undefined],
  ["GET", /^\/sessions$/, () => ({ items: [{ id: "n1", agent: "Chrome · Windows", created_at: "2026-11-20T01:00:00Z", seen_at: new Date().toISOString(), expires_at: "2026-12-20T01:00:00Z", current: true }] })],
  ["GET", /^\/invitations$/, () => ({ items: [] })],
  ["GET", /^\/audit$/, () => ({ items: [{ id: 1, at: "2026-11-20T01:00:00Z", actor: "staff:s1", actor_name: "周以宁", action: "key.created", subject: "key:k1", before: null, after: { kind: "write", name: "小程序" }, request_id: "mock-1" }], next: null })],
  ["GET", /^\/roles$/, () => ({ items: roles })],
  ["POST", /^\/roles$/, (_, { body }) => keep(roles, { id: `r-${roles.length}`, staff: 0, ...body })],
  ["PATCH", /^\/roles\/([^/]+)$/, ([id], { body }) => Object.assign(found(roles, id), body)],
  ["DELETE", /^\/roles\/([^/]+)$/, ([id]) => drop(roles, id)],
  ["GET", /^\/permissions$/, () => ({ items: session.permissions.map((id) => ({ id, zh: id, en: id, whole: /manage|audit|facts/.test(id) })) })],
  ["GET", /^\/sign-in$/, () => ({ items: providers.map(({ id, name }) => ({ id, name })) })],
  ["GET", /^\/session\/providers$/, () => ({ items: [] })],
  ["GET", /^\/providers$/, () => ({ items: providers })],
  ["POST", /^\/providers$/, (_, { body: { client_secret, ...body } }) => keep(providers, { id: `p-${providers.length}`, created_at: new Date().toISOString(), ...body })],
  ["PATCH", /^\/providers\/([^/]+)$/, ([id], { body: { client_secret, ...body } }) => Object.assign(found(providers, id), body)],
  ["DELETE", /^\/providers\/([^/]+)$/, ([id]) => drop(providers, id)],
  ["PATCH", /^\/staff\/([^/]+)$/, ([id], { body: { unit, ...body } }) => Object.assign(found(staff, id), body, unit === undefined ? {} : { unit: units.find((each) => each.id === unit) ?? null })],
  ["POST", /^\/staff\/([^/]+)\/reset-password$/, () => ({ password: "made-up-password" })],
  ["POST", /^\/invitations$/, (_, { body }) => ({ id: "i1", token: "t", path: "/invitation#t", created_at: new Date().toISOString(), expires_at: new Date().toISOString(), ...body })],
  ["DELETE", /^\/keys\/([^/]+)$/, ([id]) => drop(apiKeys, id)],
  ["POST", /^\/keys\/([^/]+)\/rotate$/, ([id]) => ({ ...found(apiKeys, id), key: "slw_made_up", old_ends_at: new Date(Date.now() + 86_400_000).toISOString() })],
  ["GET", /^\/units$/, () => ({ items: units })],
  ["GET", /^\/staff$/, () => ({ items: staff })],
  ["GET", /^\/system$/, () => ({
    version: "0.1.0", started_at: "2026-11-20T01:00:00Z", at: "2026-11-22T03:12:00Z", engine: "SQLite", ready: true, memory_bytes: 201326592,
    stored: { records_bytes: 41943040, log_bytes: 62914560, lake_bytes: 8388608, live_bytes: 2097152, free_bytes: 42949672960, total_bytes: 107374182400 },
    facts: { accepted: 57012, waiting: 0, in_lake: 56900, lake_waiting: 112, lake_files: 4 },
    findings: [
      { check: "disk", verdict: "good", found: { zh: "剩余 40.0 GiB，共 100.0 GiB", en: "40.0 GiB free of 100.0 GiB" } },
      { check: "time", verdict: "warn", found: { zh: "没有发现时间同步服务", en: "no time service was found" }, advice: { zh: "请确认宿主机启用了 chrony 或 systemd-timesyncd", en: "make sure chrony or systemd-timesyncd runs" } },
    ],
  })],
  ["GET", /^\/keys$/, () => ({ items: apiKeys })],
  ["POST", /^\/keys$/, (_, { body }) => {
    const key = { id: `k${apiKeys.length + 1}`, ...body, prefix: "slw_Qm71", created_at: new Date().toISOString() };
    apiKeys.push(key);
    return { ...key, key: "slw_Qm71xV0oT3yJkd82LwPzR6uN" };
  }],
  ["DELETE", /^\/keys\/(.+)$/, ([id]) => void apiKeys.splice(apiKeys.findIndex((key) => key.id === id), 1)],
  ["GET", /^\/facts$/, () => {
    const now = new Date().toISOString();
    return { items: [{ offset: 1, message_id: "m1", source: "key:k1", type: "track", event: "Spread Opened", user_id: "u1", anonymous_id: null, timestamp: now, original_timestamp: null, sent_at: null, received_at: now, properties: { campaign: "books" }, context: null }], next: null };
  }],
  ["GET", /^\/facts\/volume$/, () => ({ items: [{ minute: new Date().toISOString(), source: "key:k1", source_name: "小程序", accepted: 57, rejected: 3 }], next: null })],
  ["GET", /^\/facts\/rejected$/, () => ({ items: [{ id: 1, at: new Date().toISOString(), door: "segment", source: "key:k1", source_name: "小程序", reason: "brand_only", message: "Spread Started is taken from a secret key", event: "Spread Started", message_id: null, bytes: 70, excerpt: '{"event":"Spread Started"}' }], next: null })],
  ["GET", /^\/campaigns$/, () => ({ items: campaigns.map((campaign) => campaign.brief()), next: null })],
  ["POST", /^\/campaigns$/, (_, { body }) => {
    if (campaigns.some((campaign) => campaign.id === body.id)) throw new Refusal(409, "exists", "Taken");
    const made = new Campaign(body.id ?? `c${Date.now()}`, body.name, null);
    campaigns.unshift(made);
    return made.brief();
  }],
  ["GET", /^\/campaigns\/([^/]+)\/cascade$/, ([id]) => findCampaign(id).cascade()],
  ["GET", /^\/campaigns\/([^/]+)\/kocs$/, ([id], { query }) => ({ as_of: new Date().toISOString(), items: findCampaign(id).kocs(query.get("root"), Number(query.get("limit") ?? 50)), next: null })],
  ["GET", /^\/campaigns\/([^/]+)\/picture$/, ([id], { query }) => findCampaign(id).picture(query.get("root"))],
  ["GET", /^\/persons\/([^/]+)\/network$/, ([person]) => {
    const at = campaigns.filter((campaign) => campaign.data && campaign.index(person) !== undefined);
    if (at.length === 0) throw new Refusal(404, "not_found", "Not found");
    const handle = Number(person.slice(1));
    const first = at[0].data.people[at[0].index(person)];
    return {
      person, name: nameOf(handle), is_fan: first.fan, phone_masked: first.fan ? "138****" + String(handle % 10000).padStart(4, "0") : null, city: "北京",
      campaigns: at.map((campaign) => campaign.personIn(campaign.index(person))),
    };
  }],
  ["GET", /^\/network\/paths$/, (_, { query }) => findCampaign(query.get("campaign")).paths(query.get("from"), query.get("to"))],
];

const read = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length ? JSON.parse(Buffer.concat(parts).toString()) : {};
};

createServer(async (request, response) => {
  const url = new URL(request.url, "http://mock");
  const send = (status, type, body) => response.writeHead(status, { "content-type": type }).end(body);
  try {
    const path = url.pathname.replace(/^\/api\/v1/, "");
    const route = routes.find(([method, pattern]) => method === request.method && pattern.test(path));
    if (!route) throw new Refusal(404, "not_found", "No such route");
    if (!signedIn && path !== "/session" && path !== "/setup") throw new Refusal(401, "unauthenticated", "Sign in");
    if (!signedIn && request.method === "GET" && path !== "/setup") throw new Refusal(401, "unauthenticated", "Sign in");
    const matched = route[1].exec(path).slice(1).map(decodeURIComponent);
    const answer = route[2](matched, { query: url.searchParams, body: ["POST", "PATCH"].includes(request.method) ? await read(request) : {} });
    if (answer === undefined) send(204, "text/plain");
    else if (Buffer.isBuffer(answer)) send(200, "application/octet-stream", answer);
    else send(200, "application/json", JSON.stringify(answer));
  } catch (error) {
    const status = error.status ?? 500;
    send(status, "application/problem+json", JSON.stringify({ type: "about:blank", title: error.message, status, code: error.code ?? "broken", request_id: "mock-1" }));
  }
}).listen(Number(process.env.PORT ?? 7700), "127.0.0.1");
