/** `@segment/analytics-node` as it is published: `node node.mjs <server> <write key>` prints what it sent, a line a call. */
import { Analytics } from "@segment/analytics-node";
import { tellEverything } from "./calls.mjs";

const [host, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, flushAt: 3, flushInterval: 50 });
const failures = [];
analytics.on("error", (error) => failures.push(error));

const sent = [];
const say = (kind, fields) =>
  sent.push(
    new Promise((resolve, reject) => {
      analytics[kind]({ ...fields, context: { app: { name: "书店后台", version: "2.1" } } }, (error, context) =>
        error ? reject(error) : resolve(context.event),
      );
    }),
  );
tellEverything(say, { userId: "reader-1", anonymousId: "device-1" });
await analytics.closeAndFlush();
for (const event of await Promise.all(sent)) console.log(JSON.stringify(event));
if (failures.length > 0) throw new Error(JSON.stringify(failures));
