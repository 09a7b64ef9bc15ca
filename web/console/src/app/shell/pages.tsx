import { AccountBookOutlined, AimOutlined, AlertOutlined, ApartmentOutlined, ApiOutlined, BellOutlined, BulbOutlined, CloudServerOutlined, DeploymentUnitOutlined, FileTextOutlined, FilterOutlined, FormOutlined, FundProjectionScreenOutlined, GiftOutlined, HighlightOutlined, HistoryOutlined, IdcardOutlined, ImportOutlined, KeyOutlined, LinkOutlined, LoginOutlined, MonitorOutlined, NodeIndexOutlined, QrcodeOutlined, RocketOutlined, SafetyOutlined, ShareAltOutlined, ShopOutlined, ShoppingOutlined, StarOutlined, TagsOutlined, TeamOutlined, UserOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useMay, type Permission } from "../permissions";

/** Pages that belong together stand together; a group of several has a heading. */
export type Group = "today" | "content" | "campaigns" | "network" | "people" | "reach" | "sales" | "insight" | "organisation" | "settings";

export interface ShellPage {
  path: string;
  group: Group;
  name: "today" | "campaigns" | "network" | "people" | "organisation" | "sources" | "settings" | "system" | "fraud" | "kocs" | "explore" | "lights" | "stability" | "seeds" | "whatif" | "reach" | "health" | "imports" | "identity" | "segments" | "tags" | "forms" | "reminders" | "links" | "codes" | "pages" | "ledger" | "plays" | "products" | "orders";
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
  { path: "/campaigns", group: "campaigns", name: "campaigns", icon: <ShareAltOutlined />, key: "c", needs: "read_campaigns", keywords: ["huodong", "campaigns", "裂变"] },
  { path: "/plays", group: "campaigns", name: "plays", icon: <GiftOutlined />, needs: "read_campaigns", keywords: ["wanfa", "plays", "助力", "zhuli", "拼团", "pintuan", "砍价", "kanjia", "红包", "hongbao", "抽奖", "choujiang", "0元领", "裂变"] },
  { path: "/links", group: "content", name: "links", icon: <LinkOutlined />, needs: "read_campaigns", keywords: ["neirong", "内容", "chuanbolianjie", "duanlianjie", "短链", "links", "spread links"] },
  { path: "/codes", group: "content", name: "codes", icon: <QrcodeOutlined />, needs: "read_campaigns", keywords: ["huoma", "活码", "sima", "死码", "erweima", "二维码", "haibao", "海报", "qr", "codes", "posters"] },
  { path: "/pages", group: "content", name: "pages", icon: <FileTextOutlined />, needs: "read_campaigns", keywords: ["yemian", "页面", "wenzhang", "文章", "pages", "articles", "blocks", "表单", "biaodan"] },
  { path: "/network", group: "network", onPhone: true, name: "network", icon: <ApartmentOutlined />, key: "n", needs: "read_network", keywords: ["wangluo", "network", "cascade", "传播脉络", "chuanbomailuo", "koc", "关键用户"] },
  { path: "/explore", group: "network", name: "explore", icon: <AimOutlined />, key: "e", needs: "read_network", keywords: ["guanxitansuo", "explore", "explorer", "ego", "关系", "guanxi", "对比", "duibi", "compare"] },
  { path: "/kocs", group: "network", name: "kocs", icon: <StarOutlined />, key: "k", needs: "read_network", keywords: ["guanjianyonghu", "koc", "kocs", "board", "bangdan", "榜单", "关键用户"] },
  { path: "/reach", group: "network", onPhone: true, name: "reach", icon: <NodeIndexOutlined />, key: "r", needs: "do_reach", keywords: ["chuda", "reach", "paths", "tasks", "触达路径", "触达任务", "renwu"] },
  { path: "/lights", group: "network", name: "lights", icon: <HighlightOutlined />, key: "l", needs: "read_network", keywords: ["tanzhaodeng", "searchlights", "lights", "reach", "黑暗水域", "heianshuiyu", "dark water", "overlap", "重叠"] },
  { path: "/stability", group: "network", name: "stability", icon: <DeploymentUnitOutlined />, key: "b", needs: "read_network", keywords: ["wendingxing", "stability", "articulation", "bridges", "关键节点", "guanjianjiedian", "离开", "likai"] },
  { path: "/seeds", group: "network", name: "seeds", icon: <RocketOutlined />, needs: "read_network", keywords: ["zhongzi", "seeds", "种子", "裂变起点", "influence"] },
  { path: "/whatif", group: "network", name: "whatif", icon: <FundProjectionScreenOutlined />, needs: "read_network", keywords: ["tuiyan", "whatif", "forecast", "推演", "预测", "yuce"] },
  { path: "/fraud", group: "network", name: "fraud", icon: <AlertOutlined />, key: "f", needs: "review_fraud", keywords: ["yangmaodang", "羊毛党", "fraud", "rings", "fengkong", "风控", "作弊", "zuobi"] },
  { path: "/people", group: "people", onPhone: true, name: "people", icon: <UserOutlined />, key: "p", needs: "read_network", keywords: ["yonghu", "people", "persons", "customers", "顾客", "guke", "搜索用户"] },
  { path: "/segments", group: "people", name: "segments", icon: <FilterOutlined />, key: "a", needs: "read_network", keywords: ["renqun", "人群", "segments", "audience", "分群", "fenqun", "规则", "guize"] },
  { path: "/tags", group: "people", name: "tags", icon: <TagsOutlined />, key: "t", needs: "read_network", keywords: ["biaoqian", "标签", "tags", "labels", "属性", "shuxing", "traits"] },
  { path: "/forms", group: "people", name: "forms", icon: <FormOutlined />, key: "q", needs: "read_network", keywords: ["biaodan", "表单", "forms", "问卷", "wenjuan", "报名", "baoming", "survey", "questionnaire"] },
  { path: "/imports", group: "people", name: "imports", icon: <ImportOutlined />, key: "i", needs: "import_facts", keywords: ["daoru", "导入", "import", "imports", "excel", "csv", "xlsx", "订单", "dingdan", "撤销"] },
  { path: "/identity", group: "people", name: "identity", icon: <IdcardOutlined />, key: "u", needs: "manage_identity", keywords: ["shenfen", "identity", "冲突", "chongtu", "合并", "hebing", "拆分", "chaifen", "merge", "split", "命名空间", "mingmingkongjian", "namespace", "one-id"] },
  { path: "/reminders", group: "reach", onPhone: true, name: "reminders", icon: <BellOutlined />, key: "m", needs: "do_reach", keywords: ["tixing", "reminders", "提醒", "回购", "huigou", "生日", "shengri", "节日", "jieri", "birthday", "festival", "话术", "huashu"] },
  { path: "/products", group: "sales", name: "products", icon: <ShopOutlined />, needs: "read_shop", keywords: ["shangpin", "商品", "products", "库存", "kucun", "stock", "价格", "jiage", "prices", "sku"] },
  { path: "/orders", group: "sales", name: "orders", icon: <ShoppingOutlined />, needs: "read_shop", keywords: ["dingdan", "订单", "orders", "退款", "tuikuan", "refunds", "发货", "fahuo", "支付", "zhifu"] },
  { path: "/health", group: "insight", name: "health", icon: <MonitorOutlined />, needs: "read_facts", keywords: ["shujujiankang", "health", "data health", "断裂", "duanlie", "告警", "gaojing", "freshness", "schema"] },
  { path: "/organisation", group: "organisation", name: "organisation", icon: <TeamOutlined />, key: "o", needs: "read_organisation", keywords: ["zuzhi", "organisation", "staff", "门店", "mendian", "员工", "yuangong"] },
  { path: "/settings/sources", group: "settings", name: "sources", icon: <ApiOutlined />, key: "d", needs: "read_facts", keywords: ["shujuyuan", "sources", "facts", "events", "live", "事件", "shijian", "sdk", "接入", "jieru"] },
  { path: "/settings/keys", group: "settings", name: "settings", icon: <KeyOutlined />, key: "s", needs: "manage_keys", keywords: ["shezhi", "settings", "keys", "密钥", "miyao", "api"] },
  { path: "/ledger", group: "settings", name: "ledger", icon: <AccountBookOutlined />, needs: "see_ledger", keywords: ["zhangben", "账本", "ledger", "积分", "jifen", "points", "流水", "liushui", "对账", "duizhang", "余额", "yue"] },
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
