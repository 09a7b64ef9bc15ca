import { ApartmentOutlined, ApiOutlined, BulbOutlined, CloudServerOutlined, HistoryOutlined, KeyOutlined, LoginOutlined, SafetyOutlined, ShareAltOutlined, TeamOutlined, UserOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useMay, type Permission } from "../permissions";

/** Pages that belong together stand together; a group of several has a heading. */
export type Group = "today" | "campaigns" | "network" | "people" | "organisation" | "settings";

export interface ShellPage {
  path: string;
  group: Group;
  name: "today" | "campaigns" | "network" | "people" | "organisation" | "sources" | "settings" | "system";
  icon: ReactNode;
  /** Second key of its chord, if it has one; the first is "g". */
  key?: string;
  /** Stands in the bar of a phone; the others are behind "more". */
  onPhone?: boolean;
  needs: Permission | null;
  /** Other words the palette finds it by, in pinyin and English. */
  keywords: string[];
}

/** The groups of the console that have a page, in the order of the business. */
export const PAGES: readonly ShellPage[] = [
  { path: "/today", group: "today", onPhone: true, name: "today", icon: <BulbOutlined />, key: "h", needs: null, keywords: ["jinri", "today", "home", "首页", "shouye"] },
  { path: "/campaigns", group: "campaigns", onPhone: true, name: "campaigns", icon: <ShareAltOutlined />, key: "c", needs: "read_campaigns", keywords: ["huodong", "campaigns", "裂变"] },
  { path: "/network", group: "network", onPhone: true, name: "network", icon: <ApartmentOutlined />, key: "n", needs: "read_network", keywords: ["wangluo", "network", "cascade", "传播脉络", "chuanbomailuo", "koc", "关键用户"] },
  { path: "/people", group: "people", onPhone: true, name: "people", icon: <UserOutlined />, key: "p", needs: "read_network", keywords: ["yonghu", "people", "persons", "customers", "顾客", "guke", "搜索用户"] },
  { path: "/organisation", group: "organisation", name: "organisation", icon: <TeamOutlined />, key: "o", needs: "read_organisation", keywords: ["zuzhi", "organisation", "staff", "门店", "mendian", "员工", "yuangong"] },
  { path: "/settings/sources", group: "settings", name: "sources", icon: <ApiOutlined />, key: "d", needs: "read_facts", keywords: ["shujuyuan", "sources", "facts", "events", "live", "事件", "shijian", "sdk", "接入", "jieru"] },
  { path: "/settings/keys", group: "settings", name: "settings", icon: <KeyOutlined />, key: "s", needs: "manage_keys", keywords: ["shezhi", "settings", "keys", "密钥", "miyao", "api"] },
  { path: "/settings/system", group: "settings", name: "system", icon: <CloudServerOutlined />, key: "y", needs: "read_system", keywords: ["xitong", "system", "设置", "shezhi", "版本", "体检", "doctor", "api"] },
];

/** Pages inside a group: found by the palette. */
export interface InnerPage {
  path: string;
  title: "account.title" | "audit.title" | "roles.title" | "providers.title";
  icon: ReactNode;
  needs: Permission | null;
  keywords: string[];
}

export const INNER_PAGES: readonly InnerPage[] = [
  { path: "/organisation/roles", title: "roles.title", icon: <SafetyOutlined />, needs: "read_organisation", keywords: ["juese", "roles", "permissions", "权限", "quanxian"] },
  { path: "/organisation/audit", title: "audit.title", icon: <HistoryOutlined />, needs: "read_audit", keywords: ["caozuojilu", "audit", "log", "审计", "shenji"] },
  { path: "/settings/sign-in", title: "providers.title", icon: <LoginOutlined />, needs: "manage_sign_in", keywords: ["dandiandenglu", "single sign-on", "sso", "oidc", "登录方式", "denglufangshi"] },
  { path: "/account", title: "account.title", icon: <UserOutlined />, needs: null, keywords: ["wodezhanghao", "account", "password", "密码", "mima", "设备", "shebei"] },
];

/** The inner pages the signed-in person's role has. */
export function useInnerPages(): readonly InnerPage[] {
  const may = useMay();
  return INNER_PAGES.filter((page) => page.needs === null || may(page.needs));
}

/** The pages the signed-in person's role has. */
export function usePages(): readonly ShellPage[] {
  const may = useMay();
  return PAGES.filter((page) => page.needs === null || may(page.needs));
}
