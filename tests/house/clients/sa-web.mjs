/**
 * `sa-sdk-javascript` as it is published, in Chromium, on a page of another site than the server:
 * `node sa-web.mjs <server> <write key> image|ajax|beacon|batch` prints what was asked of the server, decoded, a line a request.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [server, key, how] = process.argv.slice(2);
const script = createRequire(import.meta.url).resolve("sa-sdk-javascript/dist/web/sensorsdata.js");

const PAGE = `<!doctype html><meta charset="utf-8"><title>书店</title><link rel="icon" href="data:,"><script src="/sdk.js"></script>`;
const shop = createServer((request, response) => {
  if (request.url.startsWith("/sdk.js")) return response.setHeader("content-type", "text/javascript").end(readFileSync(script));
  response.setHeader("content-type", "text/html").end(PAGE);
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
  let records = 0;
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("requestfailed", (request) => problems.push(`${request.method()} ${request.url()} ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    const request = response.request();
    const url = new URL(request.url());
    if (!request.url().startsWith(server) || request.method() === "OPTIONS") return;
    const packed = new URLSearchParams(request.method() === "GET" ? url.search : (request.postData() ?? ""));
    const told = JSON.parse(Buffer.from(packed.get("data_list") ?? packed.get("data"), "base64").toString());
    records += [told].flat().length;
    asked.push({ method: request.method(), path: url.pathname, status: response.status(), crc: packed.get("ext"), records: [told].flat() });
  });
  // The name, so that the page is of another site too, not of another port alone.
  await page.goto(`http://localhost:${shop.address().port}/`);
  await page.evaluate(
    ({ server, key, how }) => {
      const sa = window.sensorsDataAnalytic201505;
      sa.init({
        server_url: `${server}/sa?project=${key}`,
        show_log: false,
        heatmap: { clickmap: "not_collect", scroll_notice_map: "not_collect" },
        is_track_single_page: false,
        send_type: how === "batch" ? "ajax" : how,
        batch_send: how === "batch" ? { datasend_timeout: 20000, send_interval: 300, one_send_max_length: 6 } : false,
      });
      sa.quick("autoTrack");
      sa.track("PageRead", { pages: 3, price: 19.9, title: "长安的荔枝" });
      sa.login("reader-1");
      sa.setProfile({ name: "林晓", city: "杭州" });
      sa.track("CartFilled", { amount: 2 });
    },
    { server, key, how },
  );
  // Its first visit, the page view, and the four above.
  for (const until = Date.now() + 15_000; records < 6 && Date.now() < until; ) {
    await page.waitForEvent("response", { timeout: 5_000 }).catch(() => {});
  }
  for (const one of asked) console.log(JSON.stringify(one));
  console.log(JSON.stringify({ problems }));
} finally {
  await browser.close();
  shop.close();
}
