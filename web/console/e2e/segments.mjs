/**
 * A segment is written as a sentence and counted while it is; its people get a tag, one of them is asked why; a snapshot is
 * taken and laid over it; a trait and a tag by rule are made, the person's page knows them all, and what is used is not deleted.
 */
const NAME = "打开过的粉丝";

/** `it` is what the story has at hand: page, demo, get, text, check, shot. */
export async function segmentsStory({ page, demo, get, text, check, shot }) {
  const number = async (id) => Number((await text(id)).replaceAll(/\D/g, ""));
  const pick = async (id, typed) => {
    await get(id).locator("input").fill(typed);
    await page.keyboard.press("Enter");
  };
  const settled = () => page.waitForFunction(() => document.querySelector('[data-testid="preview"]')?.dataset.stale === "false");
  const chosen = async (id, what) => {
    await get(id).first().click();
    await page.locator(".ant-select-item-option", { hasText: what }).first().click();
  };

  await get("nav-segments").click();
  await get("segment-create").first().click();
  await get("segment-form-name").fill(NAME);
  await get("rule-add").click();
  await get("rule-add-did").click();
  await get("preview-left-out").waitFor();
  const everybody = await number("preview-count");
  check("without a whole condition it is everybody", everybody > 10_000, String(everybody));
  await pick("rule-event", "Spread Opened");
  await get("preview-left-out").waitFor({ state: "hidden" });
  await settled();
  const openers = await number("preview-count");
  await get("rule-add").click();
  await get("rule-add-standing").click();
  await page.waitForFunction((was) => Number(document.querySelector('[data-testid="preview-count"]')?.textContent.replaceAll(/\D/g, "")) < was, openers);
  await settled();
  const fans = await number("preview-count");
  check("every condition makes it smaller", fans > 0 && fans < openers && openers <= everybody, `${everybody} ${openers} ${fans}`);
  check("some of them are shown", (await get("preview-sample").locator("li").count()) > 0);
  await shot("segments-1-builder");
  await get("segment-save").click();

  await get("segment-page").waitFor();
  const address = new URL(page.url()).pathname;
  check("it has whom it was counted to have", (await number("segment-size")) === fans, await text("segment-size"));
  await get("member-name").first().waitFor();
  const person = await get("member-name").first().getAttribute("href");
  await get("member-why").first().click();
  await get("why-tree").waitFor();
  check("it tells why somebody belongs", (await get("why-tree").getAttribute("data-holds")) === "true" && (await get("why-reason").count()) >= 3);
  await shot("segments-2-detail");

  await page.goto(`${demo.url}/tags?new=1`);
  await get("tag-form-group").locator("input").or(get("tag-form-group")).last().fill("兴趣");
  await get("tag-form-name").fill("亲子阅读");
  await get("tag-save").click();
  await get("tag-row").first().waitFor();
  await page.goto(`${demo.url}${address}`);
  await get("member-name").first().waitFor();
  await page.locator('[data-testid="member-table"] tbody tr.ant-table-row input[type=checkbox]').first().check();
  await get("members-tag").click();
  await chosen("give-tag", "亲子阅读");
  await get("give-note").fill("到店登记");
  await get("give-submit").click();
  await get("give-submit").waitFor({ state: "hidden" });
  await page.goto(`${demo.url}${person}`);
  await get("person-tag-chip").first().waitFor();
  check("the person bears the tag", /亲子阅读/.test((await get("person-tags").textContent()) ?? ""));
  check("and knows the segment", ((await get("person-segments").textContent()) ?? "").includes(NAME));
  await shot("segments-3-person");

  await page.goto(`${demo.url}/tags?view=traits&new=1`);
  await get("trait-zh").fill("打开次数");
  await get("trait-en").fill("Times opened");
  await chosen("trait-measure", /^(times|次数)$/);
  await get("trait-save").click();
  await get("trait-table").waitFor();
  check("a trait has its name from its English words", ((await get("trait-table").textContent()) ?? "").includes("times_opened"));
  await shot("segments-4-traits");

  await page.goto(`${demo.url}${address}`);
  await get("segment-more").click();
  await get("segment-snapshot").click();
  await get("snapshot-take").click();
  await page.waitForFunction((was) => location.pathname !== was && document.querySelector('[data-testid="segment-size"]') !== null, address);
  check("a snapshot keeps whoever belongs now", (await number("segment-size")) === fans);
  await page.goto(`${demo.url}/segments`);
  await get("segment-table").waitFor();
  const boxes = page.locator('[data-testid="segment-table"] tbody tr.ant-table-row input[type=checkbox]');
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await get("segments-overlap").click();
  await get("overlap-pair").waitFor();
  check("two segments are laid over one another", (await get("overlap-cell").count()) >= 2);
  await shot("segments-5-overlap");
  await page.keyboard.press("Escape");
  await shot("segments-6-list");

  await page.goto(`${demo.url}${address}`);
  await get("segment-more").click();
  await get("segment-delete").click();
  await get("remove-yes").click();
  await page.waitForFunction(() => location.pathname === "/segments");
  await get("segment-table").waitFor();
  check("it is gone, and its snapshot stays", (await get("segment-name").count()) >= 1);
}
