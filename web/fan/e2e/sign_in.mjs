/** A visitor gets a cookie no script reads, signs in by way of the stand-in, and is somebody from then on. */
export async function signInStory({ demo, phone, check, shot }) {
  const page = await phone();
  const answer = await page.goto(`${demo.url}/f/1/`);
  const headers = answer.headers();
  check("a page takes scripts from us alone", /script-src 'self';/.test(headers["content-security-policy"]));
  check("and is kept by nobody", headers["cache-control"] === "private, no-store");
  check("its card bears the brand's name", (await answer.text()).includes('<meta property="og:title" content="灯塔书店">'));
  await page.getByRole("heading", { name: "灯塔书店" }).waitFor();
  check("no script reads the cookie", (await page.evaluate(() => document.cookie)) === "");
  const me = () => page.evaluate(() => fetch("/api/v1/fan/1/me").then((response) => response.json()));
  check("a visitor is nobody yet", (await me()).signed_in === false);
  await shot(page, "fan-1-home");

  await page.goto(`${demo.url}/api/v1/fan/1/sign-in?to=/f/1/`);
  await page.getByRole("button", { name: "林小雨" }).waitFor();
  await shot(page, "fan-2-stand-in");
  await page.getByRole("button", { name: "林小雨" }).click();
  await page.waitForURL(/\/f\/1\/$/);
  check("after signing in they are somebody", (await me()).signed_in === true);
  await page.goto(`${demo.url}/api/v1/fan/1/sign-in/callback?state=x&code=y`);
  check("and a made-up way back says that it is over", /登录已过期/.test(await page.locator("main").textContent()));

  const lost = await page.goto(`${demo.url}/f/1/p/nothing-here`);
  check("a page that is not there says so", lost.status() === 404 && /不存在/.test(await page.locator("main").textContent()));
  await shot(page, "fan-3-lost");
  const stranger = await phone({ locale: "en-GB" });
  await stranger.goto(`${demo.url}/f/1/`);
  check("English is spoken to whoever speaks it", /Open the link/.test(await stranger.locator("main").textContent()));
  const other = await stranger.goto(`${demo.url}/f/999/`);
  check("a brand that is not there has no pages", other.status() === 404);
}
