/** From a key user to the planner, round somebody, given out as a task, answered on a phone and taken back. */
export async function reachStory({ page, get, text, shot, check, url }) {
  await page.goto(`${url}/network/book-list`);
  await get("koc-item").first().click();
  await get("open-reach").click();
  await get("reach-route").first().waitFor();
  const routes = await get("reach-route").count();
  check(`the planner draws ${routes} routes side by side`, routes >= 1);
  check("it says how many routes share nobody", (await text("reach-summary")).length > 3);
  await shot("reach-1-planner");
  if ((await get("reach-avoid").count()) > 0) {
    await get("reach-avoid").first().click();
    await get("reach-avoided").waitFor();
    check("somebody to go round stands in the address", page.url().includes("avoid="));
    await page.goto(page.url().replace(/&avoid=[^&]*/, ""));
    await get("reach-route").first().waitFor();
  }
  await get("reach-give").first().click();
  await get("give-script").waitFor();
  check("the script names people", (await get("give-script").inputValue()).length > 10);
  await shot("reach-2-give");
  await get("give-submit").click();
  await get("task-table").waitFor();
  check("the task is in the list", (await get("task-open").count()) >= 1);
  await shot("reach-3-tasks");

  await page.setViewportSize({ width: 390, height: 844 });
  await get("task-open").first().click();
  await get("task-card").first().waitFor();
  await shot("reach-4-phone");
  await get("task-failed").first().click();
  await get("task-undo").waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll('[data-testid="task-state"]')].some((each) => each.closest('[data-testid="task-card"]')));
  check("one tap answers it", true);
  await get("task-undo").click();
  await get("task-failed").first().waitFor();
  check("and it is taken back", true);
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.goto(`${url}/reach?view=bulk&campaign=book-list`);
  await get("bulk-plan").click();
  await get("bulk-summary").waitFor({ timeout: 60_000 });
  check("a plan for many is made", /\d/.test(await text("bulk-summary")));
  await shot("reach-5-bulk");
}
