/** Plays on several phones at once: one begins, friends help over a bad network, one claims; draws, cuts and packets. */

const HOUR_MS = 3_600_000;

function declaration(kind, changes = {}) {
  const reward = (id, name, stock, costFen, valueFen) => ({ id, name, kind: "goods", cost_fen: costFen, value_fen: valueFen, stock });
  return {
    kind, channel: "web",
    terms: { text: "邀请 2 位好友助力，免费领一本，送完为止。\n每人限领一本。\n达成后 72 小时内领取，过期退回。", organiser: "灯塔书店（北京）有限公司" },
    starts_at: new Date(Date.now() - HOUR_MS).toISOString(), ends_at: new Date(Date.now() + 50 * HOUR_MS).toISOString(),
    gates: { signed_in: true }, progress: { by: "count" }, thresholds: [{ at: 2, reward: "book" }], rewards: [reward("book", "《晚安，月亮》一本", 1, 1500, 3980)],
    budget_fen: 1500, ...changes,
  };
}

const PLAYS = {
  gift: ["0 元领《晚安，月亮》", declaration("free_gift")],
  bargain: ["砍价：绘本大礼盒", declaration("bargain", {
    terms: { text: "邀请 3 位好友砍价，从 10 元砍到 1 分", organiser: "灯塔书店" },
    gates: {}, progress: { by: "sum", start_fen: 1000, floor_fen: 1, helpers: 3, lowest_7d_fen: 1000 }, thresholds: [{ at: 999, reward: "book" }],
  })],
  packet: ["新人红包", declaration("red_packet", {
    terms: { text: "每人一份，先到先得", organiser: "灯塔书店" }, gates: {}, progress: { by: "instant" }, thresholds: [],
    rewards: [{ id: "packet", name: "现金红包", kind: "cash", cost_fen: 0, value_fen: 100, stock: 5 }],
    chance: { of: "packet", reward: "packet", total_fen: 500, count: 5, min_fen: 1, even: true }, budget_fen: 500,
  })],
  lottery: ["开学季抽奖", declaration("lottery", {
    terms: { text: "每人一次，奖品 100% 抽中", organiser: "灯塔书店" }, gates: {}, progress: { by: "instant" }, thresholds: [],
    chance: { of: "lottery", prizes: [{ reward: "book", ppm: 1_000_000 }], none_ppm: 0, fallback: null },
  })],
};

/** Writes plays and launches them, as the brand's owner does. */
async function launch(demo) {
  const said = await fetch(`${demo.url}/api/v1/session`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email: demo.email, password: demo.password }),
  });
  const cookie = said.headers.get("set-cookie").split(";")[0];
  const post = async (path, body) => {
    const answer = await fetch(demo.url + path, { method: "POST", headers: { "content-type": "application/json", cookie }, body: JSON.stringify(body) });
    const json = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(json)}`);
    return json;
  };
  const ids = {};
  for (const [key, [name, play]] of Object.entries(PLAYS)) {
    const made = await post("/api/v1/plays", { name, declaration: play });
    await post(`/api/v1/plays/${made.id}/launch`, { name, revision: made.revision });
    ids[key] = made.id;
  }
  return ids;
}

const button = (page, name) => page.getByRole("button", { name, exact: true });

/** By way of the stand-in, and back to the page. */
async function signIn(page, name) {
  await page.getByRole("link", { name: "微信登录" }).click();
  await page.getByLabel("名字 · name").fill(name);
  await page.getByRole("button", { name: "登录 · Sign in" }).click();
  await page.locator("main.play").waitFor();
}

/** Taps the large button; signs in when the play asks for it, and taps again. */
async function act(page, text, name) {
  await button(page, text).click();
  const asks = page.getByRole("link", { name: "微信登录" });
  const asked = await Promise.race([asks.waitFor().then(() => true), page.locator(".news, .grant, .said, .progress .taken").first().waitFor().then(() => false)]).catch(() => false);
  if (!asked || !(await asks.count())) return;
  await signIn(page, name);
  await button(page, text).click();
}

export async function playsStory({ demo, phone, check, shot }) {
  const plays = await launch(demo);
  const at = (key) => `${demo.url}/f/1/play/${plays[key]}`;

  // 林小雨 begins and passes her link on.
  const lin = await phone();
  const opened = await lin.goto(at("gift"));
  check("a play's card is its own", (await opened.text()).includes('og:title" content="0 元领《晚安，月亮》"'));
  await shot(lin, "play-1-begin");
  await button(lin, "免费领取，去发起").click();
  await lin.getByRole("link", { name: "微信登录" }).waitFor();
  await shot(lin, "play-2-sign-in");
  await signIn(lin, "林小雨");
  check("signing in leads back to the play", lin.url() === at("gift"));
  await button(lin, "免费领取，去发起").click();
  await button(lin, "邀请好友").click();
  const link = await lin.getByRole("dialog").getByRole("textbox").inputValue();
  check("her link names her try", link.startsWith(`${at("gift")}/`));
  check("and its code is drawn", await lin.locator("img.qr").evaluate((img) => img.decode().then(() => img.naturalWidth > 0)));
  await shot(lin, "play-3-share");
  await lin.keyboard.press("Escape");

  // 王大海 helps, on a train: what he sent twice is one help.
  const wang = await phone();
  await wang.goto(link);
  await wang.getByText("你的好友邀请你").waitFor();
  await shot(wang, "play-4-friend");
  await button(wang, "帮 TA 助力").click();
  await signIn(wang, "王大海");
  await wang.context().setOffline(true);
  await button(wang, "帮 TA 助力").click();
  await wang.getByText("网络不太好，还没有送达").waitFor({ timeout: 30_000 });
  await shot(wang, "play-5-offline");
  await wang.context().setOffline(false);
  await button(wang, "再试一次").click();
  await wang.getByText("谢谢，你的助力已送达").waitFor();
  await wang.locator(".places .taken").first().waitFor();
  check("what a bad network kept back arrives once", (await wang.locator(".places .taken").count()) === 1);
  await wang.reload();
  check("and who helped is not asked again", (await button(wang, "帮 TA 助力").count()) === 0);
  await shot(wang, "play-6-helped");

  // She sees it without doing anything, and cannot help herself.
  await lin.locator(".places .taken").first().waitFor({ timeout: 20_000 });
  check("she sees it while she looks", (await lin.locator(".places .taken").count()) === 1);
  const chen = await phone();
  await chen.goto(link);
  await button(chen, "帮 TA 助力").click();
  await signIn(chen, "陈一诺");
  await button(chen, "帮 TA 助力").dblclick();
  await chen.getByText("谢谢，你的助力已送达").waitFor();
  await button(lin, "领取奖励").waitFor({ timeout: 20_000 });
  await shot(lin, "play-7-claim");
  await button(lin, "领取奖励").click();
  await lin.getByText("领取成功").waitFor();
  check("she has her book", /已领到/.test(await lin.locator(".grant.given").textContent()));
  await shot(lin, "play-8-done");
  await lin.reload();
  check("and a second time there is none to claim", (await button(lin, "领取奖励").count()) === 0);

  // 500 books, or one: whoever comes too late is told so.
  const late = await phone();
  await late.goto(link);
  await late.getByText("已领完").first().waitFor();
  check("who comes too late is told so", true);

  const zhao = await phone();
  await zhao.goto(at("bargain"));
  await button(zhao, "发起砍价").click();
  await button(zhao, "邀请好友").click();
  const cut = await zhao.getByRole("dialog").getByRole("textbox").inputValue();
  await wang.goto(cut);
  await button(wang, "帮 TA 砍一刀").click();
  await wang.getByText(/你帮 TA 砍掉了 ¥/).waitFor();
  await shot(wang, "play-9-bargain");

  await zhao.goto(at("packet"));
  await act(zhao, "拆红包", "赵明月");
  await zhao.locator(".grant.given").first().waitFor();
  check("a packet is opened once", (await button(zhao, "拆红包").count()) === 0);
  await shot(zhao, "play-10-packet");
  await zhao.goto(at("lottery"));
  await shot(zhao, "play-11-lottery");
  await act(zhao, "去抽奖", "赵明月");
  await zhao.getByText(/恭喜，你得到了/).waitFor();
  check("a draw says what it came to", true);
  await shot(zhao, "play-12-drawn");
}
