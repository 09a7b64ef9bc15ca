/** A page made of blocks: written by the brand, opened by a customer, answered, and passed over what is not there yet. */
export async function contentStory({ demo, phone, check, shot }) {
  const said = await fetch(`${demo.url}/api/v1/session`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email: demo.email, password: demo.password }),
  });
  const cookie = said.headers.get("set-cookie").split(";")[0];
  const send = (method) => async (path, body) => {
    const answer = await fetch(demo.url + path, { method, headers: { "content-type": "application/json", cookie }, body: JSON.stringify(body) });
    const json = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(json)}`);
    return json;
  };
  const [post, patch] = [send("POST"), send("PATCH")];
  const asking = { title: "领取试读", thanks: "已收到，店员会联系你", consent: "只用于联系您领取", questions: [{ key: "phone", label: "手机号", type: "phone", required: true }] };
  const { form } = await post("/api/v1/forms", asking);
  const document = {
    title: "秋天读什么", description: "店员挑的 12 本", image: null,
    blocks: [
      { type: "title", text: "秋天读什么" },
      { type: "text", text: "每天读一本。\n\n<b>不是标签</b>，只是文字。" },
      { type: "list", items: [{ text: "晚安，月亮", note: "0–2 岁" }, { text: "好饿的毛毛虫", note: "1–3 岁" }] },
      { type: "form", form },
    ],
  };
  const made = await post("/api/v1/content/pages", { page: "autumn", draft: document });
  const page = await phone();
  const early = await page.goto(`${demo.url}/f/1/p/autumn`);
  check("what is not published is not there", early.status() === 404);
  await post("/api/v1/content/pages/autumn/publication", { revision: made.revision });
  const asked = [];
  page.on("request", (request) => request.url().includes("/api/") && asked.push(request.url()));
  const opened = await page.goto(`${demo.url}/f/1/p/autumn`);
  const html = await opened.text();
  check("a page's card is its own", html.includes('og:title" content="秋天读什么"') && html.includes('og:description" content="店员挑的 12 本"'));
  await page.getByRole("heading", { name: "秋天读什么" }).waitFor();
  // The form asks for itself; everything else is laid in.
  check("it shows after one answer", asked.every((url) => url.includes("/forms/")), asked.join(" "));
  check("what a brand writes is text", (await page.locator("main b").count()) === 0);
  check("a form that is not open leaves no trace", (await page.locator("form").count()) === 0);
  await patch(`/api/v1/forms/${form}`, { state: "open" });
  await page.reload();
  await page.getByLabel("手机号").fill("12");
  await page.getByLabel("只用于联系您领取").check();
  await page.getByRole("button", { name: "提交" }).click();
  await page.locator(".wrong").first().waitFor();
  check("a wrong number is told beside it", (await page.getByLabel("手机号").inputValue()) === "12");
  await page.getByLabel("手机号").fill("17000000001");
  await page.getByRole("button", { name: "提交" }).click();
  await page.getByText("已收到，店员会联系你").waitFor();
  await shot(page, "page-1-answered");
}
