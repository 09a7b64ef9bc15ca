/**
 * A source that sends odd things: it is told how it is doing, an alarm leads to what was refused, and its properties are listed.
 */
export async function healthStory({ page, demo, get, check, shot }) {
  const post = (items) => fetch(`${demo.url}/api/v1/facts`, { method: "POST", headers: { authorization: `Bearer ${demo.write_key}`, "content-type": "application/json" }, body: JSON.stringify(items) });
  const seen = (n) => ({ event: "Health Seen", user_id: `hc-${n}`, properties: { shelf: "new", price: 19.9 } });
  await post([...Array.from({ length: 30 }, (_, n) => seen(n)), ...Array.from({ length: 25 }, () => ({ event: "Health Refused" }))]);
  await page.goto(`${demo.url}/health`);
  await get("health-row").first().waitFor();
  check("every source has a row", (await get("health-row").count()) >= 1);
  check("and is counted", /\d/.test((await get("health-numbers").textContent()) ?? ""));
  await get("health-alarms").waitFor();
  check("what is refused is an alarm", (await get("health-alarms").locator("[data-urgent]").count()) >= 1);
  await get("shapes-find").fill("shelf");
  await get("shapes-table").getByText("shelf").first().waitFor();
  await shot("health-1-source");
  await get("health-behind").first().click();
  await page.waitForURL(/tab=rejected/);
  await page.getByText("Health Refused").first().waitFor();
  check("and leads to what was refused", true);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${demo.url}/health`);
  await get("health-row").first().waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  check("a phone shows it without sideways scrolling", !wide);
  await shot("health-2-phone");
  await page.setViewportSize({ width: 1440, height: 900 });
}
