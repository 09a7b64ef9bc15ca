/**
 * Opens the built console in a headless Chromium against the mock server, walks every page and saves screenshots:
 * `npm run build && npm run browse -- shots`. Fails on any console error. With SEARCHLIGHT_SERVER, EMAIL, PASSWORD and
 * CAMPAIGN it walks a real server's brand instead.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const out = process.argv[2] ?? "test-results";
const only = process.argv[3];
const [api, web] = [7791, 4191];
mkdirSync(out, { recursive: true });
const children = [
  ...(process.env.SEARCHLIGHT_SERVER ? [] : [spawn(process.execPath, ["dev/mock.mjs"], { env: { ...process.env, PORT: String(api) }, stdio: "inherit" })]),
  spawn(process.execPath, ["node_modules/vite/bin/vite.js", "preview", "--port", String(web), "--strictPort"], {
    env: { SEARCHLIGHT_SERVER: `http://127.0.0.1:${api}`, ...process.env }, stdio: "ignore",
  }),
];
const site = `http://localhost:${web}`;
const problems = [];
const campaign = process.env.CAMPAIGN ?? "books";

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--password-store=basic"],
});

async function open(theme, language) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: theme, locale: language === "zh" ? "zh-CN" : "en-GB", timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && problems.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
  return page;
}
const byId = (page, id) => page.getByTestId(id);
const settle = (page, ms = 500) => page.waitForTimeout(ms);

async function network(page, query = "") {
  await page.goto(`${site}/network/${campaign}${query}`);
  await page.waitForFunction(() => window.__searchlight?.pictureDrawnMs != null, null, { timeout: 60_000 });
  await page.getByTestId("koc-item").first().waitFor({ timeout: 20_000 }).catch(() => {});
}

async function walk(theme, language) {
  const page = await open(theme, language);
  const name = (what) => `${out}/${what}-${theme}-${language}.png`;
  const shot = async (what) => {
    await page.screenshot({ path: name(what) });
    console.log(name(what));
  };
  await page.goto(`${site}/network/${campaign}?view=circles`);
  await byId(page, "signin-form").waitFor();
  await settle(page, 800);
  await shot("01-signin");
  await byId(page, "signin-email").fill(process.env.EMAIL ?? "demo@searchlight.local");
  await byId(page, "signin-password").fill("wrong");
  await byId(page, "signin-submit").click();
  await byId(page, "signin-error").waitFor();
  await shot("02-signin-wrong");
  await byId(page, "signin-password").fill(process.env.PASSWORD ?? "demo");
  await byId(page, "signin-submit").click();
  await byId(page, "circles-view").waitFor({ timeout: 60_000 });
  await settle(page, 900);
  await shot("10-circles");
  await page.goto(`${site}/today`);
  await page.getByTestId("today-koc").first().waitFor({ timeout: 30_000 });
  await settle(page, 900);
  await shot("03-today");
  await page.goto(`${site}/campaigns`);
  await byId(page, "campaign-table").waitFor();
  await settle(page);
  await shot("04-campaigns");
  await byId(page, "campaign-create").click();
  await byId(page, "campaign-name").waitFor();
  await settle(page);
  await shot("05-campaign-create");
  await page.goto(`${site}/organisation`);
  await byId(page, "staff-table").waitFor();
  await settle(page);
  await shot("06-organisation");
  await page.goto(`${site}/settings/keys`);
  await byId(page, "key-table").waitFor();
  await settle(page);
  await shot("07-keys");
  await page.goto(`${site}/settings/system`);
  await byId(page, "system-verdict").waitFor();
  await shot("07-system");
  await page.keyboard.press("Control+k");
  await byId(page, "palette-input").fill("cbml");
  await settle(page);
  await shot("08-palette");
  await page.keyboard.press("Escape");

  await network(page);
  const measured = await page.evaluate(() => window.__searchlight);
  console.log(`draw ${theme}/${language}:`, JSON.stringify(measured));
  await settle(page, 700);
  await shot("20-network");
  await page.getByTestId("koc-item").first().hover();
  await settle(page, 900);
  await shot("21-koc-reasons");
  await page.getByTestId("koc-item").nth(3).click();
  await byId(page, "person-panel").waitFor();
  await byId(page, "path-list").waitFor();
  await settle(page, 1500);
  await shot("22-person");
  await page.getByTestId("path-item").first().locator("button").first().click();
  await settle(page, 1600);
  await shot("23-path");
  await byId(page, "person-close").click();
  await settle(page, 300);
  for (let i = 0; i < 3; i++) {
    await byId(page, "tool-zoom-in").click();
    await settle(page, 500);
  }
  await settle(page, 800);
  await shot("24-zoom");
  await byId(page, "tool-fit").click();
  await settle(page, 1400);
  const track = await byId(page, "replay-scrub").boundingBox();
  await page.mouse.click(track.x + track.width * 0.34, track.y + 20);
  await byId(page, "replay-play").click();
  const rate = await page.evaluate(() => new Promise((done) => {
    let frames = 0;
    const start = performance.now();
    const step = () => (performance.now() - start < 2600 ? (frames++, requestAnimationFrame(step)) : done(frames / 2.6));
    requestAnimationFrame(step);
  }));
  console.log(`replay frames a second: ${rate.toFixed(1)}`);
  await byId(page, "replay-play").click();
  await settle(page, 600);
  await shot("25-replay");
  await byId(page, "replay-scrub").focus();
  await page.keyboard.press("End");
  await page.getByTestId("legend-item").nth(1).dblclick();
  await settle(page, 1200);
  await shot("26-solo");
  await byId(page, "legend-all").click();
  await page.getByTestId("legend-focus").nth(2).click({ force: true });
  await page.waitForFunction(() => location.search.includes("root="));
  await byId(page, "unfocus").waitFor();
  await settle(page, 2500);
  await shot("27-one-store");
  await byId(page, "user-menu").click();
  await byId(page, "sign-out").click();
  await byId(page, "signin-form").waitFor();
  await page.close();
}

try {
  for (let tries = 0; tries < 50; tries++) {
    if (await fetch(site).then((answer) => answer.ok, () => false)) break;
    await new Promise((done) => setTimeout(done, 200));
  }
  for (const [theme, language] of [["dark", "zh"], ["light", "en"], ["dark", "en"], ["light", "zh"]]) {
    if (only && only !== `${theme}-${language}`) continue;
    await walk(theme, language);
  }
} finally {
  await browser.close();
  for (const child of children) child.kill();
}
const real = problems.filter((problem) => !/401|GPU stall|software WebGL|Automatic fallback/i.test(problem));
if (real.length > 0) {
  console.error([...new Set(real)].join("\n"));
  process.exitCode = 1;
}
