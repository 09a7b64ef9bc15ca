/** Seeds are planned within limits, played forward, and a campaign that is under way is played on. Called by `network.mjs`. */
const WORKED_OUT_MS = 120_000;

export async function studiesStory({ page, get, text, shot, check }) {
  await get("nav-seeds").click();
  await get("seeds-form").waitFor();
  await shot("seeds-1-empty");
  await page.locator("#count").fill("10");
  await page.locator("#cost").fill("20");
  await page.locator("#per_store").fill("2");
  await get("seeds-start").click();
  await get("certificate").waitFor({ timeout: WORKED_OUT_MS });
  check("a plan comes with its certificate", /\d+%/.test(await text("certificate")));
  check("beside two other ways of choosing", (await get("choices").locator("tbody tr.ant-table-row").count()) === 3);
  const people = await get("seed-table").locator("tbody tr.ant-table-row").count();
  check("as many as were asked for", people === 10, `found ${people}`);
  const csv = await page.evaluate(async () => (await (await fetch(document.querySelector('[data-testid="study-csv"]').href)).text()).trim().split("\n").length);
  check("and is exported with reasons", csv === 11, `${csv} lines`);
  await shot("seeds-2-plan");
  check("it can be left and found again", /study=/.test(page.url()) && (await get("study-list").locator("button").count()) === 1);

  await get("to-forecast").click();
  await get("forecast-form").waitFor();
  await page.locator("#days").fill("7");
  await get("forecast-start").click();
  await get("trust").waitFor({ timeout: WORKED_OUT_MS });
  check("the plan is played forward", /\d/.test(await text("forecast-starts")));
  await shot("whatif-1-plan");

  await get("study-new").click();
  await get("forecast-from").getByText(/正在进行|under way/).click();
  await get("campaign-select").click();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await shot("whatif-2-under-way");
  await get("forecast-start").click();
  await page.waitForFunction(() => /study=/.test(location.search));
  await get("trust").waitFor({ timeout: WORKED_OUT_MS });
  check("a campaign that is under way is played on from where it stands", /现在有|so far/.test((await get("forecast-starts").textContent()) ?? ""));
  await shot("whatif-3-played-on");
  await page.setViewportSize({ width: 390, height: 844 });
  await shot("whatif-4-phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check("nothing hangs over a phone's edge", wide <= 390, `${wide} px`);
  await page.setViewportSize({ width: 1440, height: 900 });
}
