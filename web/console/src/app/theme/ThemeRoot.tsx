import { App as AntdApp, ConfigProvider } from "antd";
import enGB from "antd/locale/en_GB";
import zhCN from "antd/locale/zh_CN";
import { useLayoutEffect, useMemo, type ReactNode } from "react";
import { usePreferences } from "../preferences";
import { antdThemeFor, cssVariables } from "./tokens";
import { useThemeName } from "./useThemeName";

/** Puts theme and language in force for antd and for the style sheets alike. */
export function ThemeRoot({ children }: { children: ReactNode }) {
  const name = useThemeName();
  const language = usePreferences((state) => state.language);
  const theme = useMemo(() => antdThemeFor(name), [name]);

  useLayoutEffect(() => {
    const root = document.documentElement;
    root.dataset["theme"] = name;
    root.style.colorScheme = name;
    for (const [key, value] of Object.entries(cssVariables(name))) root.style.setProperty(key, value);
  }, [name]);

  return (
    <ConfigProvider theme={theme} locale={language === "zh" ? zhCN : enGB} button={{ autoInsertSpace: false }}>
      <AntdApp component={false}>{children}</AntdApp>
    </ConfigProvider>
  );
}
