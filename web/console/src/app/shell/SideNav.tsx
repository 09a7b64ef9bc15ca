import { MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { NavLink, useLocation } from "react-router";
import { usePreferences } from "../preferences";
import { usePages } from "./pages";
import styles from "./Shell.module.css";

/** The network needs the room, so there the navigation is slim whatever was chosen. */
const needsRoom = (path: string): boolean => path.startsWith("/network/");

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
        {pages.map((page) => (
          <Tooltip key={page.path} title={slim ? t(`shell.nav.${page.name}`) : ""} placement="right">
            <NavLink
              to={page.path}
              className={({ isActive }) => `${styles.link} ${isActive ? styles.active : ""}`}
              aria-label={t(`shell.nav.${page.name}`)}
              data-testid={`nav-${page.name}`}
            >
              {page.icon}
              {!slim && <span>{t(`shell.nav.${page.name}`)}</span>}
            </NavLink>
          </Tooltip>
        ))}
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
