import type { Language } from "@/app/preferences";

interface Words {
  title: string;
  console: string;
  failed: string;
  intro: string;
}

export const WORDS: Record<Language, Words> = {
  zh: {
    title: "API 文档 · 探照灯",
    console: "探照灯 · 返回控制台",
    failed: "读取不到接口文档，请刷新重试。",
    intro: [
      "所有接口都在 `/api/v1` 之下，请求与响应均为 JSON。",
      "",
      "**认证**：在控制台「设置」里创建密钥，随请求发送 `Authorization: Bearer <密钥>`。写入密钥只能上报事件；密钥密文供自己的服务器使用。",
      "已登录控制台时，本页「TRY」直接使用当前会话。",
      "",
      "**出错**：一律为 `application/problem+json`，按稳定的 `code` 处理；求助时请附上 `request_id`。",
      "",
      "**翻页**：列表返回 `items` 与 `next`，下一页带上 `after=<next>`。",
      "",
      "**读到自己写的**：上报接口返回的偏移量可作为读取接口的 `wait_offset`。",
    ].join("\n"),
  },
  en: {
    title: "API · Searchlight",
    console: "Searchlight · to the console",
    failed: "The API's description could not be read. Please reload.",
    intro: [
      "Everything is below `/api/v1`, in JSON both ways.",
      "",
      "**Who asks**: make a key in the console under Settings and send `Authorization: Bearer <key>`. A write key only hands in facts; a secret key is for your own servers.",
      "While you are signed in to the console, TRY on this page uses your session.",
      "",
      "**Errors** are `application/problem+json`: act upon the stable `code`, and name `request_id` when you ask for help.",
      "",
      "**Pages**: a list answers `items` and `next`; ask for the next page with `after=<next>`.",
      "",
      "**Reading one's own writes**: the offset a door answers is the `wait_offset` of a read.",
    ].join("\n"),
  },
};
