/**
 * `sa-sdk-miniprogram` as it is published, in a mini-program that is none: `node sa-mini.mjs <server> <write key>` plays two
 * people and prints what their phones sent, a line a record.
 *
 * The first opens the mini-program, signs in with WeChat, is called by the unionid, signs in to the brand and shares a page. The
 * second opens what was shared.
 */
import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";

const [server, key, role, shared] = process.argv.slice(2);
const APP = "wxAPP123";

if (role === undefined) {
  const play = (role, ...words) =>
    new Promise((resolve, reject) => {
      const phone = fork(import.meta.filename, [server, key, role, ...words], { silent: false });
      let told = null;
      phone.on("message", (message) => (told = message));
      phone.on("exit", (code) => (code === 0 && told ? resolve(told) : reject(new Error(`${role} ended with ${code}`))));
    });
  const first = await play("sharer");
  const second = await play("opener", first.path);
  for (const record of [...first.records, ...second.records]) console.log(JSON.stringify(record));
  console.log(JSON.stringify({ path: first.path, statuses: [...first.statuses, ...second.statuses] }));
} else {
  const records = [];
  const statuses = [];
  const underway = new Set();
  const kept = new Map();
  const listeners = { show: [], hide: [] };
  const query = role === "opener" ? Object.fromEntries(new URLSearchParams(shared.split("?")[1])) : { campaign: "spring" };
  const launch = { path: "pages/book", query, scene: role === "opener" ? 1007 : 1001, referrerInfo: {} };
  const pages = [];

  globalThis.__wxConfig = { page: { "pages/book.html": { window: { navigationBarTitleText: "书" } } } };
  globalThis.__wxAppCode__ = {};
  globalThis.getCurrentPages = () => pages;
  globalThis.wx = {
    getAccountInfoSync: () => ({ miniProgram: { appId: APP, envVersion: "release", version: "1.0" } }),
    getLaunchOptionsSync: () => launch,
    getNetworkType: ({ success, complete }) => { success({ networkType: "wifi" }); complete?.(); },
    getSystemInfo: ({ success, complete }) => {
      success({ brand: "HUAWEI", model: "P60", system: "Android 13", platform: "android", version: "8.0.50", SDKVersion: "3.5.0", windowWidth: 390, windowHeight: 844, screenWidth: 390, screenHeight: 844 });
      complete?.();
    },
    getStorageSync: (name) => kept.get(name) ?? "",
    setStorageSync: (name, value) => void kept.set(name, value),
    getStorage: ({ key, complete }) => void complete({ data: kept.get(key) }),
    setNavigationBarTitle: () => {},
    onAppShow: (listener) => listeners.show.push(listener),
    onAppHide: (listener) => listeners.hide.push(listener),
    request: ({ url, data, method = "GET", header = {}, success, fail, complete }) => {
      const going = fetch(url, { method, headers: header, body: method === "GET" ? undefined : data })
        .then(async (answer) => {
          const packed = new URLSearchParams(method === "GET" ? new URL(url).search : data);
          const sent = JSON.parse(Buffer.from(packed.get("data_list") ?? packed.get("data"), "base64").toString());
          records.push(...[sent].flat());
          statuses.push(answer.status);
          // As WeChat does it: whatever status comes back is a success.
          success?.({ statusCode: answer.status, data: await answer.text() });
        })
        .catch((error) => { console.error(error); fail?.(error); })
        .finally(() => { underway.delete(going); complete?.(); });
      underway.add(going);
      return { abort() {} };
    },
  };
  let app;
  globalThis.App = (option) => (app = option);
  globalThis.Page = (option) => { option.route = "pages/book"; option.options = query; pages.push(option); };
  globalThis.Component = () => {};
  globalThis.getApp = () => app;

  const sa = createRequire(import.meta.url)("sa-sdk-miniprogram");
  sa.setPara({
    server_url: `${server}/sa?project=${key}`,
    show_log: false,
    autoTrack: { appLaunch: true, appShow: true, appHide: true, pageShow: true, pageShare: true, mpClick: false, mpFavorite: true },
    allow_amend_share_path: true,
    batch_send: { send_timeout: 100, max_length: 6 },
    datasend_timeout: 20_000,
  });
  App({ onLaunch() {}, onShow() {}, onHide() {} });
  app.onLaunch(launch);
  app.onShow(launch);
  for (const listener of listeners.show) listener(launch);
  Page({ onLoad() {}, onShow() {}, onShareAppMessage: () => ({ path: "pages/book?campaign=spring", title: "荔枝" }) });
  pages[0].onLoad(query);
  pages[0].onShow();
  let path = null;
  const sent = async () => { for (const until = Date.now() + 20_000; statuses.length === 0 && Date.now() < until; ) await pause(50); };
  if (role === "sharer") {
    sa.setOpenid("openid-1");
    sa.setUnionid("unionid-1");
    sa.init();
    sa.track("BookSeen", { title: "长安的荔枝" });
    sa.bind("$identity_mobile", "13800000001");
    await sent();
    // From here on the SDK names neither openid nor unionid.
    sa.login("reader-1");
    sa.setProfile({ name: "林晓", city: "杭州" });
    sa.track("CartFilled", { amount: 2 });
    path = pages[0].onShareAppMessage({ from: "menu" }).path;
    sa.unbind("$identity_mobile", "13800000001");
  } else {
    sa.init();
    sa.track("BookSeen", { title: "长安的荔枝" });
  }
  // The SDK writes and sends by timers of its own: what is kept is empty again when all is sent.
  for (let quiet = 0, until = Date.now() + 20_000; quiet < 8 && Date.now() < until; ) {
    await pause(100);
    quiet = underway.size === 0 && records.length > 0 ? quiet + 1 : 0;
  }
  process.send({ records, statuses, path }, () => process.exit(0));
}
