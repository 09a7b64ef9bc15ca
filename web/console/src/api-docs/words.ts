import type { Language } from "@/app/preferences";

const zh = {
  title: "API 文档 · 探照灯",
  heading: "API 文档",
  console: "返回控制台",
  search: "搜索接口、路径或字段说明",
  nothing: "没有匹配的接口",
  failed: "读取不到接口文档，请刷新重试。",
  loading: "正在读取接口文档……",
  intro: [
    ["认证", "在控制台「设置」里创建密钥，随请求发送 Authorization: Bearer <密钥>。写入密钥只能上报事件；私密密钥供自己的服务器使用。"],
    ["出错", "一律为 application/problem+json，按稳定的 code 处理；求助时请附上 request_id。"],
    ["翻页", "列表返回 items 与 next，下一页带上 after=<next>。"],
    ["读到自己写的", "上报接口返回的偏移量，可作为读取接口的 wait_offset。"],
  ],
  document: "下载 openapi.json",
  permission: "需要权限",
  public: "无需认证",
  signedIn: "任何已认证的调用方",
  parameters: "参数",
  body: "请求体",
  answers: "响应",
  required: "必填",
  copy: "复制",
  copied: "已复制",
};

export type Words = typeof zh;

const en: Words = {
  title: "API · Searchlight",
  heading: "API",
  console: "To the console",
  search: "Search operations, paths, descriptions",
  nothing: "No operation matches",
  failed: "The API's description could not be read. Please reload.",
  loading: "Reading the API's description …",
  intro: [
    ["Who asks", "Make a key in the console under Settings and send Authorization: Bearer <key>. A write key only hands in facts; a secret key is for your own servers."],
    ["Errors", "application/problem+json throughout: act upon the stable code, and name request_id when you ask for help."],
    ["Pages", "A list answers items and next; ask for the next page with after=<next>."],
    ["Reading one's own writes", "The offset a door answers is the wait_offset of a read."],
  ],
  document: "Download openapi.json",
  permission: "Needs the permission",
  public: "Open to anybody",
  signedIn: "Any caller with good credentials",
  parameters: "Parameters",
  body: "Body",
  answers: "Answers",
  required: "required",
  copy: "Copy",
  copied: "Copied",
};

/** What each language calls itself. */
export const NAMES: Record<Language, string> = { zh: "中文", en: "EN" };

export const WORDS: Record<Language, Words> = { zh, en };
