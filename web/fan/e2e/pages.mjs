/**
 * Customers' pages in a real browser against the real binary, as a phone sees them. Any console error fails it.
 *
 * `npm run e2e [-- folder for screenshots]`; the binary is `$SEARCHLIGHT_BINARY`, else the one of the last build.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { signInStory } from "./sign_in.mjs";
import { previewStory } from "./preview.mjs";

const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, "../../../target");
const binary = process.env.SEARCHLIGHT_BINARY ?? process.env.SEARCHLIGHT_BIN ?? join(target, "debug/searchlight");
const shots = process.argv[2] ?? join(import.meta.dirname, "../test-results");
mkdirSync(shots, { recursive: true });

let passed = 0;
let failed = 0;
const check = (what, holds, detail = "") => {
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? "ok  " : "FAIL"} ${what}${holds ? "" : ` ${detail}`}`);
};

/** Starts the demo in a folder of its own and waits for the line it prints when ready. */
async function startDemo() {
  if (!existsSync(binary)) throw new Error(`${binary} is not built: run \`cargo build --workspace\` first`);
  const folder = mkdtempSync(join(tmpdir(), "searchlight-fan-"));
  const server = spawn(binary, ["demo", "--data-dir", folder, "--listen", "127.0.0.1:0", "--no-browser"], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).once("line", resolve);
    server.once("exit", (code) => reject(new Error(`the demo ended with ${code} before it was ready`)));
  });
  return { ...JSON.parse(line), server, folder };
}

const stopDemo = (demo) =>
  new Promise((resolve) => {
    demo.server.once("exit", resolve);
    demo.server.kill("SIGTERM");
  }).then(() => rmSync(demo.folder, { recursive: true, force: true }));

const demo = await startDemo();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const problems = [];

/** Somebody's phone: cookies of its own. */
async function phone(options = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: "zh-CN", colorScheme: "light", ...options });
  const page = await context.newPage();
  // A page that is not there is one that is looked at here.
  page.on("console", (message) => message.type() === "error" && !/status of 404/.test(message.text()) && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  return page;
}

/** Both looks of a page, for those who look at pictures. */
async function shot(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
}

const story = { demo, phone, check, shot, problems };
try {
  for (const act of [signInStory, previewStory]) await act(story);
  check("no page complained", problems.length === 0, problems.join("\n"));
} catch (error) {
  failed += 1;
  console.log(`FAIL ${error.stack}`);
} finally {
  await browser.close();
  await stopDemo(demo);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
