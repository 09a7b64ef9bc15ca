/**
 * A ring of fourteen accounts on three devices, below one busy sharer of a campaign of its own: it is found, looked at, held, and
 * the key users of the campaign are told without it; then the decision is taken back.
 */
const CAMPAIGN = "fraud-check";
const START = Date.parse("2026-11-20T08:00:00Z");

async function ring(demo) {
  const post = async (path, body) => {
    const answer = await fetch(`${demo.url}/api/v1${path}`, {
      method: "POST", headers: { authorization: `Bearer ${demo.secret_key}`, "content-type": "application/json" }, body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await post("/campaigns", { id: CAMPAIGN, name: "秋日书单" });
  const at = (secs) => new Date(START + secs * 1000).toISOString();
  const fact = (event, user_id, secs, properties, more = {}) => ({ type: "track", event, user_id, timestamp: at(secs), properties: { campaign: CAMPAIGN, ...properties }, ...more });
  const facts = [
    fact("Spread Started", "fc-root", 0, { unit: "store-01" }),
    fact("Spread Opened", "fc-busy", 60, { sharer_id: "fc-root" }),
    fact("Spread Opened", "fc-fair", 90, { sharer_id: "fc-root" }),
  ];
  for (let n = 0; n < 9; n += 1) facts.push(fact("Spread Opened", `fc-friend-${n}`, 600 + n * n * 97, { sharer_id: "fc-fair" }));
  for (let n = 0; n < 14; n += 1) facts.push(fact("Spread Opened", `fc-fake-${n}`, 900 + n * 30, { sharer_id: "fc-busy" }, { context: { device: { id: `fc-farm-${n % 3}` }, ip: "203.0.113.9" } }));
  await post("/facts", facts);
}

/** `it` is what the story has at hand: page, demo, get, check, shot. */
export async function fraudStory({ page, demo, get, check, shot }) {
  await ring(demo);
  await page.goto(`${demo.url}/fraud`);
  await get("rings-rules").waitFor();
  check("what is looked for is told before anything was found", (await get("rings-rules").locator("li").count()) === 11);
  // Facts reach the network a moment after they were taken in; a search over the same state is not made twice.
  for (let tries = 0; tries < 40 && (await get("ring-open").count()) === 0; tries += 1) {
    await get("rings-search").click();
    await page.waitForTimeout(500);
  }
  await get("ring-open").first().waitFor();
  await shot("fraud-1-queue");
  await get("ring-open").first().click();
  await get("ring-picture").waitFor();
  check("a ring is told with its reasons", (await get("ring-reasons").locator("li").count()) >= 1);
  check("and with what it changes", ((await get("ring-effects").textContent()) ?? "").length > 5);
  await shot("fraud-2-ring");
  await get("ring-to-held").click();
  await get("ring-why").fill("one phone, five accounts");
  await get("ring-decide-yes").click();
  await get("ring-undo").waitFor();
  await shot("fraud-3-held");
  await page.goto(`${demo.url}/network/${CAMPAIGN}`);
  await get("kept-out").waitFor();
  await shot("fraud-4-key-users");
  check("the key users say who is left out", /\d/.test((await get("kept-out").textContent()) ?? ""));
  await get("picture-out").waitFor();
  check("the picture paints who is left out, and says how many", /1[3-9]/.test((await get("picture-out").textContent()) ?? ""), await get("picture-out").textContent());
  await page.goto(`${demo.url}/fraud?verdict=held`);
  await get("ring-open").first().click();
  await get("ring-to-open").click();
  await get("ring-decide-yes").click();
  await page.getByText(/已撤回|Taken back/).first().waitFor();
  check("a decision is taken back", true);
}
