/**
 * Reminders: a sample becomes a rule while it is seen whom it reminds of; one that falls due within the minute, when the quiet hours end,
 * comes by itself and is put off, answered and taken back, at a desk and on a phone.
 */
const PRODUCT = "香薰 · 木质调";
const ZONE_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
/** So near the end of a minute the next one is too near. */
const LATE_MS = 45_000;

const clock = (at) => new Date(at + ZONE_MS).toISOString().slice(11, 16);

/** Somebody bought a day ago; the reminder comes at the next full minute, which ends the quiet hours. To be called before the story. */
export async function bookReminder({ page, demo }) {
  const post = (path, body) => page.evaluate(async ([path, body]) => {
    const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  }, [path, body]);
  const now = Date.now();
  const due = Math.ceil(now / 60_000) * 60_000 + (now % 60_000 > LATE_MS ? 60_000 : 0);
  const facts = [
    { type: "identify", user_id: "e2e-lin", traits: { name: "林小满", mobile: "13800006688", wechat: "linxiaoman" } },
    { event: "Spread Opened", user_id: "e2e-lin", properties: { campaign: "book-list", sharer_id: "staff-7" } },
    { event: "Order Paid", user_id: "e2e-lin", timestamp: new Date(now - DAY_MS).toISOString(), properties: { order_id: "e2e-88", amount_minor: 12_900, items: [{ name: PRODUCT }] } },
  ];
  await fetch(`${demo.url}/api/v1/facts`, { method: "POST", headers: { authorization: `Bearer ${demo.secret_key}`, "content-type": "application/json" }, body: JSON.stringify(facts) });
  const terms = { kind: "after", fact: { event: "Order Paid", filters: [{ property: "items.name", test: "contains", value: "木质调" }] }, wait: { count: 1, unit: "day" } };
  const made = await post("/api/v1/reminders/rules", { name: "次日回访", script: "{name}您好，{days}天前带走的香薰用得惯吗？", at: clock(now), quiet_from: clock(due - 2 * 3_600_000), quiet_to: clock(due), terms });
  return { made, due };
}

/** `it` is what the story has at hand: page, demo, get, text, check, shot; `booked` is what was booked before. */
export async function remindersStory({ page, demo, get, text, check, shot, booked }) {
  const settled = () => page.waitForFunction(() => document.querySelector('[data-testid="rule-preview"]')?.dataset.stale === "false");
  check("a rule was set before", booked.made.status === 201, JSON.stringify(booked.made.body));

  await page.goto(`${demo.url}/reminders?view=rules`);
  await get("rule-card").first().waitFor();
  await get("rule-create").click();
  await get("rule-kind").getByText(/^(节日|Festival)$/).click();
  await get("rule-festival").click();
  const festivals = page.locator(".ant-select-item-option");
  await festivals.first().waitFor();
  check("festivals come with their days", /\d{4}/.test((await festivals.first().textContent()) ?? ""));
  await festivals.first().click();
  await get("rule-preview-words").waitFor();
  await get("rule-kind").getByText(/^(事后|After something)$/).click();
  await get("rule-name").fill("香薰回购");
  await get("rule-fact-filter-add").click();
  await get("rule-fact-value").fill(PRODUCT);
  await get("rule-wait").fill("14");
  await get("rule-wait-unit").click();
  await page.locator(".ant-select-item-option", { hasText: /^(天|days)$/ }).click();
  await settled();
  await page.waitForFunction(() => document.querySelector('[data-testid="rule-preview-count"]')?.textContent === "1");
  check("whom it reminds of is seen while it is written", (await text("rule-preview-sample")).includes("林小满"));
  await get("rule-script").fill("您好，");
  await get("insert-name").click();
  check("a word is put in at a click", (await get("rule-script").inputValue()).includes("{name}"));
  await settled();
  await shot("reminders-1-rule");
  await get("rule-save").click();
  await get("rule-card").nth(1).waitFor();
  check("the rule is read as a sentence", (await text("rule-words")).length > 8 || (await get("rule-words").count()) === 2);
  await get("rule-switch").first().click();
  await page.locator('[data-testid="rule-card"][data-on="false"]').waitFor();
  await get("rule-switch").first().click();
  await page.waitForFunction(() => !document.querySelector('[data-testid="rule-card"][data-on="false"]'));
  await shot("reminders-2-rules");

  await page.goto(`${demo.url}/reminders?view=calendar`);
  await get("calendar-festival").first().waitFor();
  check("the coming days are shown with their festivals", (await get("calendar-day").count()) === 60);
  await shot("reminders-3-calendar");

  await page.goto(`${demo.url}/reminders?rule=${booked.made.body.id}`);
  // It comes when its minute has come; the page asks again by itself.
  await get("reminder-open").first().waitFor({ timeout: Math.max(0, booked.due - Date.now()) + 60_000 });
  check("the reminder comes by itself, once", (await get("reminder-open").count()) === 1);
  check("it says whom and what", (await text("reminder-table")).includes("林小满您好，1天前带走的香薰用得惯吗？"));
  const told = await page.evaluate(async (rule) => (await fetch(`/api/v1/reminders?rule=${rule}`)).json(), booked.made.body.id);
  check("not before the quiet hours ended", Date.parse(told.items[0].told_at) >= booked.due, told.items[0].told_at);
  await shot("reminders-4-due");
  await get("reminder-later").click();
  await get("later-3").click();
  await page.waitForFunction(async () => (await (await fetch("/api/v1/reminders?state=due")).json()).items.every((one) => one.put_off));
  check("it is put off", true);

  const person = await get("reminder-person").first().getAttribute("href");
  await page.setViewportSize({ width: 390, height: 844 });
  await get("reminder-card").first().waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  check("a phone shows it without sideways scrolling", !wide);
  await shot("reminders-5-phone");
  await get("reminder-note").first().fill("很喜欢，下周再来");
  await get("reminder-done").first().click();
  await get("reminder-undo-now").click();
  await get("reminder-done").first().waitFor();
  check("one tap answers it, and it is taken back", true);
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.goto(`${demo.url}${person}`);
  await get("person-reminders").waitFor();
  check("the person's page says what is to be done", (await text("person-reminders")).includes("次日回访"));
  await shot("reminders-6-person");
  await get("person-reminders").getByTestId("reminder-done").click();
  await get("person-reminders").waitFor({ state: "detached" });
  await page.goto(`${demo.url}/reminders?state=done`);
  await get("reminder-table").getByText("林小满").first().waitFor();
  check("what was done is found again", true);
}
