/** `sa-sdk-node` as it is published: `node sa-node.mjs <server> <secret key>` prints what it sent, a line a record. */
import { createRequire } from "node:module";

const SensorsAnalytics = createRequire(import.meta.url)("sa-sdk-node");
const [server, key] = process.argv.slice(2);

const sa = new SensorsAnalytics();
const sent = [];
let answered = 0;
// It answers once for each batch; all calls below are one.
const done = new Promise((resolve, reject) => {
  sa.subscribe((record) => sent.push(record));
  const submitter = sa.submitTo({ url: `${server}/sa?project=${key}`, gzip: true, mode: "track", timeout: 10_000 }, { count: 12, timeSpan: 5_000 });
  submitter.subscribe(() => { answered += 1; resolve(); }, reject);
});

sa.registerSuperProperties({ shop: "书店" });
sa.track("device-1", "PageRead", { pages: 3, price: 19.9, title: "长安的荔枝", tags: ["new", "hot"] });
sa.trackSignup("reader-1", "device-1", { from: "node" });
sa.track("reader-1", "OrderPaid", { $is_login_id: true, order_id: "o-1", amount_minor: 5990 });
sa.profileSet("reader-1", { $is_login_id: true, name: "林晓", city: "杭州" });
sa.profileSetOnce("reader-1", { $is_login_id: true, first_seen: "2026-11-22" });
sa.profileIncrement("reader-1", { points: 7 });
sa.profileAppend("reader-1", { likes: ["poetry"] });
sa.profileUnset("reader-1", ["city"]);
sa.itemSet("book", "b-1", { price: 19.9 });
sa.itemDelete("book", "b-2");
// What breaks a rule: an event that the house understands without what it must say, and too large a record.
sa.track("device-1", "SpreadOpened", { campaign: "spring" });
sa.track("device-1", "TooLarge", { x: "x".repeat(40_000) });
await done;
for (const record of sent) console.log(JSON.stringify(record));
console.log(JSON.stringify({ answered }));
process.exit(0);
