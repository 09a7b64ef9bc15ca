import { ApartmentOutlined, BulbOutlined, KeyOutlined, ShareAltOutlined, TeamOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";

export interface ShellPage {
  path: string;
  name: "today" | "campaigns" | "network" | "organisation" | "settings";
  icon: ReactNode;
  /** Second key of its chord; the first is "g". */
  key: string;
  /** Other words the palette finds it by, in pinyin and English. */
  keywords: string[];
}

/** The groups of the console that have a page, in the order of the business. */
export const PAGES: readonly ShellPage[] = [
  { path: "/today", name: "today", icon: <BulbOutlined />, key: "h", keywords: ["jinri", "today", "home", "首页", "shouye"] },
  { path: "/campaigns", name: "campaigns", icon: <ShareAltOutlined />, key: "c", keywords: ["huodong", "campaigns", "裂变"] },
  { path: "/network", name: "network", icon: <ApartmentOutlined />, key: "n", keywords: ["wangluo", "network", "cascade", "传播脉络", "chuanbomailuo", "koc", "关键用户"] },
  { path: "/organisation", name: "organisation", icon: <TeamOutlined />, key: "o", keywords: ["zuzhi", "organisation", "staff", "门店", "mendian", "员工", "yuangong"] },
  { path: "/settings/keys", name: "settings", icon: <KeyOutlined />, key: "s", keywords: ["shezhi", "settings", "keys", "密钥", "miyao", "api"] },
];
