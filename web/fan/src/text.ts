/** What pages say: 中文 first, English for everybody else. */

const zh = {
  loading: "加载中…",
  offline: "网络不太好，还没有送达",
  retry: "再试一次",
  notFound: "这个页面不存在或已下线",
  notFoundLead: "链接可能不完整，请让分享给你的朋友再发一次",
  unavailable: "服务暂时不可用，请稍后再试",
  required: "请填写这一项",
  choose: "请选择",
  sending: "正在提交…",
  wrong: "没有成功：{{why}}",
  cookies: "请允许浏览器保存 Cookie，然后刷新页面",
  signIn: "微信登录",
  signInNeeded: "登录后才能参加",
  signInWhy: { off: "品牌尚未开通登录", over: "登录已过期，请再点一次", refused: "微信没有确认登录，请再试一次", unavailable: "暂时无法登录，请稍后再试" },
  home: "欢迎",
  homeLead: "请从朋友或品牌分享给你的链接进入活动",
  preview: "在左侧编辑，这里即时预览",
};

export type Words = typeof zh;

const en: Words = {
  loading: "Loading…",
  offline: "The network is weak: this has not arrived yet",
  retry: "Try again",
  notFound: "This page does not exist, or is no longer shown",
  notFoundLead: "The link may be incomplete. Ask whoever shared it to send it again.",
  unavailable: "The service cannot be reached at the moment; try again in a while",
  required: "Please fill this in",
  choose: "Please choose",
  sending: "Sending…",
  wrong: "That did not work: {{why}}",
  cookies: "Allow this site to keep a cookie, then load the page again",
  signIn: "Sign in with WeChat",
  signInNeeded: "Sign in to take part",
  signInWhy: { off: "This brand has no sign-in yet", over: "The sign-in took too long; tap once more", refused: "WeChat did not confirm the sign-in; try again", unavailable: "Signing in is not possible at the moment" },
  home: "Welcome",
  homeLead: "Open the link that a friend or the brand shared with you.",
  preview: "Edit on the left; it shows here at once",
};

export const isChinese = (languages: readonly string[]): boolean => (languages[0] ?? "zh").toLowerCase().startsWith("zh");

export const locale = isChinese(navigator.languages) ? "zh-CN" : "en";
export const t: Words = locale === "zh-CN" ? zh : en;

/** Fills `{{name}}`. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ""));
