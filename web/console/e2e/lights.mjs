/** The water of all lights, one light from inside, and what breaks when somebody leaves. */
export async function lightsStory({ page, get, text, check, shot }) {
  await get("nav-lights").click();
  await get("water-map").waitFor({ timeout: 20_000 });
  await get("overlap-matrix").waitFor();
  const lights = await get("water-light").count();
  check("every store has its light on the water", lights === 24, `found ${lights}`);
  const number = async (id) => Number((await text(id)).replaceAll(",", ""));
  check("people are lit", (await number("lights-lit")) > 10_000);
  check("and some stand in the dark", (await number("lights-dark")) > 0);
  await get("dark-table").waitFor();
  await get("new-lights").locator("li").first().waitFor();
  await shot("lights");
  await get("water-light").first().focus();
  await page.keyboard.press("Enter");
  await get("light-circles").waitFor();
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="lit-table"] tbody a').length > 0);
  check("a light tells whom it reaches", /light=/.test(page.url()));
  await shot("light");
  await page.keyboard.press("Escape");
  await get("light-circles").waitFor({ state: "hidden" });

  await get("nav-stability").click();
  await get("cut-table").waitFor({ timeout: 20_000 });
  check("the network hangs on somebody", Number((await text("stability-cuts")).replaceAll(",", "")) > 100);
  await get("cut-leave").first().click();
  await get("leave-lost").waitFor();
  check("and it is told what breaks when they leave", /\d/.test(await text("leave-lost")) && /person=p\d+/.test(page.url()));
  await shot("stability");
}
