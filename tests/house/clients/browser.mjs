/**
 * `@segment/analytics-next` as it is published, in Chromium, on a page of another origin than the server:
 * `node browser.mjs <server> <write key> single|batching` prints what it sent, a line a call, then how it was sent.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";

const [server, writeKey, strategy] = process.argv.slice(2);
const main = createRequire(import.meta.url).resolve("@segment/analytics-next");
const bundles = join(dirname(main), "../umd");

const PAGE = `<!doctype html><meta charset="utf-8"><title>书店</title><link rel="icon" href="data:,"><script src="/index.js"></script>`;
const shop = createServer((request, response) => {
  const name = new URL(request.url, "http://shop").pathname.slice(1);
  if (name === "") return response.setHeader("content-type", "text/html").end(PAGE);
  if (!/^[\w.-]+\.js$/.test(name)) return response.writeHead(404).end();
  response.setHeader("content-type", "text/javascript").end(readFileSync(join(bundles, name)));
});
await new Promise((resolve) => shop.listen(0, "127.0.0.1", resolve));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const page = await browser.newPage();
  const problems = [];
  const asked = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("response", (response) => asked.push({ method: response.request().method(), url: response.url(), status: response.status() }));
  page.on("requestfailed", (request) => problems.push(`${request.method()} ${request.url()} ${request.failure()?.errorText}`));
  // The name, so that the page is of another site too, not of another port alone.
  await page.goto(`http://localhost:${shop.address().port}/`);

  const sent = await page.evaluate(
    async ({ server, writeKey, strategy }) => {
      const batching = { "Segment.io": { deliveryStrategy: { strategy: "batching", config: { size: 3, timeout: 100 } } } };
      const [analytics] = await AnalyticsNext.AnalyticsBrowser.load(
        { writeKey, cdnURL: server },
        { integrations: strategy === "batching" ? batching : {}, retryQueue: false },
      );
      analytics.setAnonymousId("device-1");
      const contexts = [
        await analytics.identify("reader-1", { name: "林晓", city: "杭州" }),
        await analytics.track("Page Read", { pages: 3, price: 19.9, title: "长安的荔枝" }),
        await analytics.page("Docs", "Home", { path: "/home" }),
        await analytics.screen("Docs", "Shelf", { shelf: "new" }),
        await analytics.group("readers", { plan: "gold" }),
        await analytics.alias("reader-1", "before-1"),
        await analytics.track("Spread Started", { campaign: "spring" }),
      ];
      return contexts.map((context) => context.event);
    },
    { server, writeKey, strategy },
  );
  const delivered = () => asked.filter(({ method, url }) => method === "POST" && url.startsWith(server)).length;
  const enough = strategy === "batching" ? 3 : 7;
  for (const until = Date.now() + 10_000; delivered() < enough && Date.now() < until; ) {
    await page.waitForEvent("response", { timeout: 10_000 }).catch(() => {});
  }
  for (const event of sent) console.log(JSON.stringify(event));
  console.log(JSON.stringify({ asked, problems }));
} finally {
  await browser.close();
  shop.close();
}
