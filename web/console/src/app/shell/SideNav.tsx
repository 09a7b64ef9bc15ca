import { EllipsisOutlined, MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { Dropdown, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { NavLink, useLocation, useNavigate } from "react-router";
import { usePreferences } from "../preferences";
import { usePages, type Group, type ShellPage } from "./pages";
import styles from "./Shell.module.css";

/** The network needs the room, so there the navigation is slim whatever was chosen. */
const needsRoom = (path: string): boolean => path.startsWith("/network/");

/** The pages by group, in their order. */
export function grouped(pages: readonly ShellPage[]): { group: Group; pages: ShellPage[] }[] {
  const groups: { group: Group; pages: ShellPage[] }[] = [];
  for (const page of pages) {
    const last = groups.at(-1);
    if (last?.group === page.group) last.pages.push(page);
    else groups.push({ group: page.group, pages: [page] });
  }
  return groups;
}

export function SideNav() {
  const { t } = useTranslation();
  const pages = usePages();
  const { navCollapsed, setNavCollapsed } = usePreferences();
  const forced = needsRoom(useLocation().pathname);
  const slim = navCollapsed || forced;
  const fold = slim ? t("shell.nav.expand") : t("shell.nav.collapse");
  return (
    <nav className={`${styles.nav} ${slim ? styles.navSlim : styles.navWide}`} data-testid="side-nav">
      <div className={styles.links}>
        {grouped(pages).map((group) => (
          <div key={group.group} role="group" aria-label={t(`shell.group.${group.group}`)} className={`${styles.group} ${group.pages.length > 1 ? styles.many : ""}`}>
            {group.pages.length > 1 && <div className={styles.heading}>{!slim && t(`shell.group.${group.group}`)}</div>}
            {group.pages.map((page) => (
              <PageLink key={page.path} page={page} slim={slim} />
            ))}
          </div>
        ))}
        <More pages={pages.filter((page) => !page.onPhone)} />
      </div>
      {!forced && (
        <button type="button" className={styles.fold} onClick={() => setNavCollapsed(!navCollapsed)} aria-label={fold}>
          {slim ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
          {!slim && <span>{fold}</span>}
        </button>
      )}
    </nav>
  );
}

function PageLink({ page, slim }: { page: ShellPage; slim: boolean }) {
  const { t } = useTranslation();
  const name = t(`shell.nav.${page.name}`);
  return (
    <Tooltip title={slim ? name : ""} placement="right">
      <NavLink
        to={page.path}
        className={({ isActive }) => `${styles.link} ${page.onPhone ? "" : styles.notOnPhone} ${isActive ? styles.active : ""}`}
        aria-label={name}
        data-testid={`nav-${page.name}`}
      >
        {page.icon}
        {!slim && <span>{name}</span>}
      </NavLink>
    </Tooltip>
  );
}

/** On a phone: the pages that have no room in the bar. */
function More({ pages }: { pages: readonly ShellPage[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (pages.length === 0) return null;
  const items = grouped(pages).flatMap((group, at) => [
    ...(at > 0 ? [{ type: "divider" as const, key: group.group }] : []),
    ...group.pages.map((page) => ({ key: page.path, icon: page.icon, label: t(`shell.nav.${page.name}`) })),
  ]);
  return (
    <Dropdown menu={{ items, onClick: ({ key }) => void navigate(key) }} trigger={["click"]} placement="topRight">
      <button type="button" className={`${styles.link} ${styles.more}`} aria-label={t("shell.nav.more")} data-testid="nav-more">
        <EllipsisOutlined />
        <span>{t("shell.nav.more")}</span>
      </button>
    </Dropdown>
  );
}
