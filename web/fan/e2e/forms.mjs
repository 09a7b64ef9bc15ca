const ASKED = {
  title: "读书会报名",
  intro: "每月最后一个周六下午，在西湖店二楼。",
  consent: "您的称呼与手机号只用于通知本次读书会。",
  thanks: "收到了，期待见到您",
  questions: [
    { key: "name", label: "怎么称呼您", required: true, type: "name" },
    { key: "phone", label: "手机号", type: "phone" },
    { key: "taste", label: "爱读哪些书", required: true, type: "many", choices: [{ key: "novel", label: "小说" }, { key: "poem", label: "诗" }] },
    { key: "stars", label: "上次活动您打几颗星", type: "score", max: 5 },
  ],
};

/** An operator opens a form, a customer answers it on the phone, and the operator sees it counted. */
export async function formStory({ demo, phone, check, shot }) {
  const staff = await phone();
  const ask = async (method, path, data) => {
    const answer = await staff.request.fetch(`${demo.url}/api/v1/${path}`, { method, ...(data ? { data } : {}), headers: { origin: demo.url } });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  await ask("POST", "session", { email: demo.email, password: demo.password });
  const { form, path } = await ask("POST", "forms", ASKED);

  const page = await phone();
  check("a draft is nobody's business", (await page.goto(`${demo.url}${path}`)).status() === 404);
  await ask("PATCH", `forms/${form}`, { state: "open" });
  await page.goto(`${demo.url}${path}`);
  await page.getByRole("heading", { name: "读书会报名" }).waitFor();
  check("a chat reads the form's title for its card", (await page.title()) === "读书会报名");
  await page.getByRole("button", { name: "提交" }).click();
  check("a form says what is missing", (await page.locator(".wrong").count()) === 3);
  check("and takes the customer there", await page.evaluate(() => document.activeElement?.getAttribute("name") === "name"));
  await shot(page, "fan-5-form");
  await page.getByLabel("怎么称呼您").fill("林小雨");
  await page.getByRole("textbox", { name: "手机号" }).fill("12");
  await page.getByLabel("诗").check();
  await page.getByLabel("您的称呼与手机号").check();
  await page.getByRole("button", { name: "提交" }).click();
  await page.locator(".wrong").waitFor();
  check("what was typed stays when it is refused", (await page.getByLabel("怎么称呼您").inputValue()) === "林小雨");
  await page.getByRole("textbox", { name: "手机号" }).fill("170 0000 0000");
  await page.getByRole("button", { name: "提交" }).click();
  await page.getByText("收到了，期待见到您").waitFor();
  await page.reload();
  await page.getByText("收到了，期待见到您").waitFor();
  check("who answered is thanked whenever they come back", (await page.locator("form").count()) === 0);
  const { answers, questions } = await ask("GET", `forms/${form}/summary`);
  check("and the answer is counted", answers === 1 && questions[2].counts[1].count === 1);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  check("a phone shows it without sideways scrolling", !wide);
}
