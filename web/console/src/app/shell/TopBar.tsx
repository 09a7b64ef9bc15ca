import { DesktopOutlined, LogoutOutlined, MoonOutlined, QuestionCircleOutlined, SearchOutlined, SunOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Dropdown, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { Session } from "@/api/types";
import { BrandMark } from "../parts/Brand";
import { useRoleWords } from "../roles";
import { usePreferences, type ThemeChoice } from "../preferences";
import { LanguageSwitch } from "./LanguageSwitch";
import { useSignOut } from "./useSignOut";
import styles from "./Shell.module.css";

const THEME_ICON = { dark: <MoonOutlined />, light: <SunOutlined />, auto: <DesktopOutlined /> };
export const THEMES: readonly ThemeChoice[] = ["dark", "light", "auto"];
const isMac = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? "");

export function TopBar({ session, onPalette, onHelp }: { session: Session; onPalette: () => void; onHelp: () => void }) {
  const { t } = useTranslation();
  const { theme, setTheme } = usePreferences();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const roleWords = useRoleWords();
  const { staff, scope, workspace } = session;
  const scopeWords =
    scope.kind === "all" ? t("shell.user.scopeAll")
    : scope.kind === "own" ? t("shell.user.scopeOwn")
    : t("shell.user.scopeUnits", { count: scope.units.length });

  return (
    <header className={styles.top}>
      <Link to="/today" className={styles.brand}>
        <BrandMark />
        {t("common.brand")}
      </Link>
      <span className={styles.workspace}>{workspace.name}</span>
      <span className={styles.grow} />
      <button type="button" className={styles.search} onClick={onPalette} data-testid="palette-open" aria-label={t("shell.palette.open")}>
        <SearchOutlined />
        <span>{t("shell.palette.open")}</span>
        <kbd>{isMac ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      <LanguageSwitch />
      <Dropdown
        trigger={["click"]}
        menu={{
          selectedKeys: [theme],
          onClick: ({ key }) => setTheme(key as ThemeChoice),
          items: THEMES.map((choice) => ({
            key: choice,
            icon: THEME_ICON[choice],
            label: <span data-testid={`theme-${choice}`}>{t(`shell.theme.${choice}`)}</span>,
          })),
        }}
      >
        <Tooltip title={t("shell.theme.label")}>
          <Button type="text" icon={THEME_ICON[theme]} data-testid="theme-switch" aria-label={t("shell.theme.label")} />
        </Tooltip>
      </Dropdown>
      <Tooltip title={t("shell.keys.title")}>
        <Button type="text" icon={<QuestionCircleOutlined />} onClick={onHelp} aria-label={t("shell.keys.title")} />
      </Tooltip>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            {
              key: "who",
              disabled: true,
              label: (
                <div style={{ lineHeight: 1.6, padding: "2px 0", color: "var(--text-secondary)" }}>
                  <div style={{ color: "var(--text)", fontWeight: 600 }}>{staff.name}</div>
                  <div>{staff.email}</div>
                  <div>{roleWords(staff.role, staff.role_name)} · {staff.unit?.name ?? scopeWords}</div>
                </div>
              ),
            },
            { type: "divider" },
            {
              key: "account",
              icon: <UserOutlined />,
              label: <span data-testid="account-open">{t("account.title")}</span>,
              onClick: () => void navigate("/account"),
            },
            {
              key: "out",
              icon: <LogoutOutlined />,
              label: <span data-testid="sign-out">{t("shell.user.signOut")}</span>,
              onClick: () => void signOut(),
            },
          ],
        }}
      >
        <button type="button" className={styles.user} data-testid="user-menu" aria-label={staff.name}>
          <span className={styles.avatar}>{[...staff.name][0]}</span>
          <span className={styles.userName}>{staff.name}</span>
        </button>
      </Dropdown>
    </header>
  );
}
