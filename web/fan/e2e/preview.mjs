const DOCUMENT = {
  title: "春季书单",
  description: "给 0–6 岁的 12 本",
  image: null,
  blocks: [
    { type: "title", text: "春季书单", level: 1 },
    { type: "text", text: "每天读一本，一起读完 12 本。\n读完的家庭可以领一枚徽章。\n\n由灯塔书店的店员挑选。" },
    { type: "hologram", text: "from the future" },
    { type: "list", items: [
      { text: "晚安，月亮", note: "0–2 岁 · 睡前", to: { kind: "url", url: "https://shop.example/1" } },
      { text: "好饿的毛毛虫", note: "1–3 岁 · 认数", to: { kind: "url", url: "https://shop.example/2" } },
    ] },
    { type: "title", text: "领取试读", level: 2 },
    { type: "form", form: "trial", title: null, submit: "提交", thanks: "已收到，店员会联系你", fields: [
      { name: "name", label: "怎么称呼你", kind: "name", required: true },
      { name: "phone", label: "手机号", kind: "phone", required: true },
      { name: "age", label: "孩子年龄", kind: "choice", options: ["0–3 岁", "3–6 岁"] },
    ] },
    { type: "button", text: "查看全部书单", to: { kind: "page", page: "all" } },
    { type: "button", text: "附近门店", to: { kind: "url", url: "https://shop.example/stores" }, look: "plain" },
    { type: "spacer", size: "small" },
  ],
};

/** What the console's phone frame shows while a page is written: the renderer customers get, told what to show. */
export async function previewStory({ demo, phone, check, shot }) {
  const page = await phone();
  await page.goto(`${demo.url}/f/1/preview`);
  await page.getByText("这里即时预览").waitFor();
  // Only the frame's own console is heard.
  await page.evaluate((document) => postMessage({ kind: "searchlight:preview:show", document }, location.origin), DOCUMENT);
  await page.getByRole("heading", { name: "春季书单" }).waitFor();
  check("it shows what it is told", (await page.locator(".list li").count()) === 2);
  check("and leaves out what it does not know", !/from the future/.test(await page.locator("main").textContent()));
  await shot(page, "fan-4-blocks");
  await page.getByText("查看全部书单").click();
  check("nothing leads away from a preview", page.url().endsWith("/f/1/preview"));
  await page.getByRole("button", { name: "提交" }).click();
  check("a form says what is missing", (await page.locator(".wrong").count()) === 2);
  check("and takes the customer there", await page.evaluate(() => document.activeElement?.getAttribute("name") === "name"));
  await shot(page, "fan-5-form");
  await page.getByLabel("怎么称呼你").fill("林小雨");
  await page.getByLabel("手机号").fill("17000000000");
  await page.getByRole("button", { name: "提交" }).click();
  await page.getByText("已收到，店员会联系你").waitFor();
  check("and thanks", true);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  check("a phone shows it without sideways scrolling", !wide);
}
