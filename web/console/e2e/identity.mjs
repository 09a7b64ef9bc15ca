/**
 * A phone number is seen with two customers: the conflict is looked at, the number is moved to its new owner, and that is taken back.
 * A customer's evidence is looked at, two people are merged by name, and a namespace is declared.
 */
const CAMPAIGN = "identity-check";

export async function identityStory({ page, demo, get, check, shot }) {
  const command = async (path, body) => {
    const answer = await fetch(`${demo.url}/api/v1${path}`, { method: "POST", headers: { authorization: `Bearer ${demo.secret_key}`, "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  /** Opens an address again and again until something is there: what is told reaches the page a moment later. */
  const until = async (path, there) => {
    for (let tries = 0; tries < 20; tries += 1) {
      await page.goto(`${demo.url}${path}`);
      if (await there().waitFor({ timeout: 2_000 }).then(() => true, () => false)) return true;
    }
    return false;
  };
  const phone = { phone: "17055556666" };
  await command("/campaigns", { id: CAMPAIGN, name: "会员日" });
  const hop = (user_id) => ({ type: "track", event: "Spread Opened", user_id, properties: { campaign: CAMPAIGN, sharer_id: "ws-root" } });
  await command("/facts", [
    { type: "track", event: "Spread Started", user_id: "ws-root", properties: { campaign: CAMPAIGN, unit: "store-01" } },
    hop("ws-lin"),
    hop("ws-zhao"),
    { type: "identify", user_id: "ws-lin", anonymous_id: "ws-br-1", traits: { name: "温如玉" }, identities: { ...phone, "wechat:unionid": "oU-ws-lin", "wechat:openid:wx8e2f": "o-ws-lin-1" } },
    { type: "track", event: "Order Paid", user_id: "ws-lin", properties: { order_id: "ws-1", amount_minor: 9900, currency: "CNY" } },
    { type: "identify", user_id: "ws-zhao", anonymous_id: "ws-br-2", traits: { name: "赵新晴" } },
    { type: "track", event: "Page Seen", user_id: "ws-zhao", identities: phone },
  ]);
  const mine = page.getByRole("row").filter({ hasText: "赵新晴" });
  check("a phone number of two customers waits for somebody to decide", await until("/identity", () => mine.first()));
  await shot("identity-1-conflicts");
  await mine.getByTestId("conflict-decide").click();
  await get("preview").waitFor();
  check("merging would leave one person", (await get("preview-person").count()) === 3);
  await shot("identity-2-merge-preview");
  await get("answer-move").click();
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="preview-person"]').length === 4);
  await get("decide-reason").fill("the number was given to a new customer");
  await shot("identity-3-move-preview");
  await get("decide-yes").click();
  await page.waitForFunction(() => document.querySelector('[data-testid="deciding"]') === null);
  await until("/identity?view=decisions", () => get("decision-take-back").first());
  check("the decision stands in the list with its reason", (await page.getByText("the number was given to a new customer").count()) > 0);
  await shot("identity-4-decisions");
  await get("decision-take-back").first().click();
  await get("preview").waitFor();
  await get("decide-reason").fill("it was her number after all");
  await get("decide-yes").click();
  await page.waitForFunction(() => document.querySelector('[data-testid="deciding"]') === null);
  check("taken back, it waits again", await until("/identity", () => mine.getByTestId("conflict-decide")));

  await page.goto(`${demo.url}/people/user:ws-lin`);
  await get("identity-picture").waitFor();
  await get("evidence-open").click();
  check("every id has its evidence", (await get("piece").count()) >= 4);
  await get("identity-picture").scrollIntoViewIfNeeded();
  await shot("identity-5-evidence");
  await get("person-merge").click();
  await get("merge-with").fill("赵新晴");
  await get("merge-choose").first().click();
  await get("preview").waitFor();
  await get("decide-reason").fill("one customer with two accounts");
  check("merging by hand asks for the name", await get("decide-yes").isDisabled());
  await get("decide-name").fill("温如玉");
  await shot("identity-6-merge-by-name");
  await get("decide-yes").click();
  await page.waitForFunction(() => document.querySelector('[data-testid="deciding"]') === null);
  check("two people are one", await until("/people/user:ws-zhao", () => get("identities-more")));
  await shot("identity-7-merged");

  await page.goto(`${demo.url}/identity?view=namespaces`);
  await get("namespace-table").waitFor();
  await shot("identity-8-namespaces");
  await get("namespace-add").click();
  await get("namespace-key").fill("crm.member");
  await get("namespace-name").fill("导购系统会员");
  await shot("identity-9-namespace-form");
  await get("namespace-save").click();
  await get("namespace-edit-crm.member").waitFor();
  check("a namespace is declared", true);
}
