/** The KOC board and the explorer, walked, and how smoothly the picture pans. Called by `network.mjs`. */

const FRAME_MS_P95_MAX = 200;

/** Drags the picture across the stage and looks at the time between frames meanwhile. */
export async function panStory({ page, check }) {
  const box = await page.locator(".sigma-mouse").boundingBox();
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.evaluate(() => {
    const frames = (window.__frames = []);
    let last = performance.now();
    const tick = (now) => {
      frames.push(now - last);
      last = now;
      if (window.__frames === frames) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await page.mouse.down();
  for (let step = 0; step < 60; step++) {
    const angle = step / 6;
    await page.mouse.move(middle.x + 160 * Math.sin(angle), middle.y + 90 * (1 - Math.cos(angle)));
  }
  await page.mouse.up();
  const frames = await page.evaluate(() => {
    const told = window.__frames.slice(1);
    window.__frames = null;
    return told;
  });
  const sorted = [...frames].sort((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? Number.POSITIVE_INFINITY;
  check(`the picture pans with p95 frames of ${Math.round(p95)} ms (${frames.length} frames)`, frames.length >= 10 && p95 < FRAME_MS_P95_MAX, JSON.stringify(sorted.slice(-10)));
}

/** Thousands are ranked with reasons; a threshold is tried by key and by hand, and one person is looked at closely. */
async function boardStory({ page, get, text, shot, check }) {
  await get("nav-kocs").click();
  await get("board-name").first().waitFor();
  check("the board says how many are KOCs", /\d/.test(await text("board-kocs")) && /\d/.test(await text("board-total")));
  await shot("8-kocs");
  const before = await text("board-kocs");
  await get("board-line").focus();
  for (let press = 0; press < 20; press++) await page.keyboard.press("ArrowRight");
  await get("board-threshold-save").waitFor();
  await page.waitForFunction((was) => document.querySelector('[data-testid="board-kocs"]')?.textContent.replaceAll(/\s/g, "") !== was, before);
  check("a higher threshold is tried at once", (await text("board-kocs")) !== before);
  await get("board-threshold-save").click();
  await get("board-threshold-save").waitFor({ state: "detached" });
  check("and set", (await text("board-kocs")) !== before);

  await get("board-only").click();
  await page.waitForFunction(() => /kocs=1/.test(location.search));
  const answered = page.waitForResponse((response) => response.url().includes("/network/kocs?") && response.url().includes("campaign=book-list"));
  await get("board-campaign").click();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await answered;
  check("a campaign is a word of the address", page.url().includes("campaign=book-list"));
  await page.locator(".ant-table-row").first().click();
  await get("board-why").waitFor();
  await page.locator(".ant-drawer svg[role=img]").waitFor();
  await shot("9-koc-why");
  const csv = await page.evaluate(async () => {
    const table = await fetch(document.querySelector('[data-testid="board-csv"]').href);
    return (await table.text()).split("\n").length;
  });
  check(`key people export with their reasons (${csv - 2} lines)`, csv > 100);
  await page.keyboard.press("Escape");
  await page.locator(".ant-drawer").waitFor({ state: "detached" }).catch(() => {});
}

/** From the best KOC outwards, then two campaigns side by side. */
async function explorerStory({ page, get, shot, check }) {
  await get("nav-explore").click();
  await get("explore-search").fill("zw");
  await get("explore-found").first().waitFor();
  await page.keyboard.press("Enter");
  await get("ego-canvas").waitFor();
  const people = async () => Number(await get("ego-canvas").getAttribute("data-people"));
  const two = await people();
  await get("explore-circles").getByText(/3/).first().click();
  await page.waitForFunction(() => /circles=3/.test(location.search) && !document.querySelector('[data-stale="true"]'));
  check("another circle shows more people", (await people()) >= two && two > 1, `${two} then ${await people()}`);
  const first = await get("explore-person").getAttribute("data-person");
  await get("ego-canvas").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((was) => document.querySelector('[data-testid="explore-person"]')?.dataset.person !== was, first);
  await page.keyboard.press("Enter");
  await page.waitForFunction((was) => !location.search.includes(`person=${was}`) && !document.querySelector('[data-stale="true"]'), first);
  check("the keyboard moves the centre", true);
  await get("explore-positions").waitFor();
  await shot("10-explorer");
  await get("explore-view").getByText(/对比|side by side/).click();
  await get("compare-table").waitFor();
  check("campaigns stand side by side", (await get("compare-table").locator("tbody tr").count()) >= 8);
  await shot("11-compare");
}

export async function kocsStory(stage) {
  await boardStory(stage);
  await explorerStory(stage);
}
