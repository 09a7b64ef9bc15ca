import { theme as antdTheme, type ThemeConfig } from "antd";
import type { ThemeName } from "./palette";

export const AMBER = "#F5A524";
export const NIGHT = "#0B1220";

export interface Colours {
  canvas: string;
  page: string;
  surface: string;
  raised: string;
  border: string;
  text: string;
  textSecondary: string;
  textFaint: string;
  /** For controls and links. */
  primary: string;
  /** The searchlight: KOCs, paths, what is lit. */
  accent: string;
  good: string;
  bad: string;
}

export const COLOURS: Record<ThemeName, Colours> = {
  dark: {
    canvas: "#090F1B",
    page: NIGHT,
    surface: "#111A2B",
    raised: "#172238",
    border: "#223049",
    text: "#E8EDF6",
    textSecondary: "#9AA8C0",
    textFaint: "#7585A2",
    primary: AMBER,
    accent: AMBER,
    good: "#34D399",
    bad: "#F87171",
  },
  light: {
    canvas: "#FBFCFE",
    page: "#F4F6F9",
    surface: "#FFFFFF",
    raised: "#FFFFFF",
    border: "#E1E7EF",
    text: "#0F1B2D",
    textSecondary: "#4F5D73",
    textFaint: "#66748A",
    primary: "#27374F",
    accent: "#D98200",
    good: "#0B8A53",
    bad: "#C6362F",
  },
};

export const FONT_STACK =
  '-apple-system, BlinkMacSystemFont, "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "Segoe UI", Roboto, sans-serif';

/** antd's look for one theme: radius 8, one accent, tighter tables, own menu colours (its default turns muddy). */
export function antdThemeFor(name: ThemeName): ThemeConfig {
  const c = COLOURS[name];
  const dark = name === "dark";
  return {
    // antd's dark algorithm turns the amber brown; the accent must stay the accent.
    algorithm: dark
      ? (seed, map) => ({
          ...antdTheme.darkAlgorithm(seed, map),
          colorPrimary: AMBER,
          colorPrimaryHover: "#FFBB4A",
          colorPrimaryActive: "#DE9215",
          colorPrimaryBorder: "#6B4A12",
          colorLink: AMBER,
          colorLinkHover: "#FFBB4A",
        })
      : antdTheme.defaultAlgorithm,
    cssVar: { key: `searchlight-${name}` },
    token: {
      colorPrimary: c.primary,
      colorInfo: c.primary,
      colorLink: dark ? AMBER : "#9A5B00",
      colorSuccess: c.good,
      colorError: c.bad,
      colorBgBase: dark ? c.page : "#FFFFFF",
      colorBgLayout: c.page,
      colorBgContainer: c.surface,
      colorBgElevated: c.raised,
      colorBorder: c.border,
      colorBorderSecondary: c.border,
      colorText: c.text,
      colorTextSecondary: c.textSecondary,
      colorTextTertiary: c.textFaint,
      colorTextLightSolid: dark ? NIGHT : "#FFFFFF",
      fontFamily: FONT_STACK,
      fontSize: 14,
      borderRadius: 8,
      controlHeight: 34,
      wireframe: false,
    },
    components: {
      Menu: {
        itemBg: "transparent",
        subMenuItemBg: "transparent",
        itemColor: c.textSecondary,
        itemHoverColor: c.text,
        itemHoverBg: dark ? "#18243a" : "#E9EEF5",
        itemSelectedBg: dark ? "rgba(245,165,36,.14)" : "#E3E9F2",
        itemSelectedColor: dark ? AMBER : "#1B2A41",
        itemHeight: 36,
        itemMarginInline: 8,
        groupTitleColor: c.textFaint,
        groupTitleFontSize: 12,
        activeBarBorderWidth: 0,
      },
      Table: {
        cellPaddingBlock: 9,
        cellPaddingInline: 12,
        headerBg: dark ? "#141f33" : "#F7F9FC",
        headerColor: c.textSecondary,
        headerSplitColor: "transparent",
        headerSortActiveBg: dark ? "#182540" : "#EEF2F8",
        headerSortHoverBg: dark ? "#1b2945" : "#E9EEF6",
        bodySortBg: dark ? "#121c2f" : "#FBFCFE",
        rowHoverBg: dark ? "#17233a" : "#F5F8FC",
        rowSelectedBg: dark ? "#241f1c" : "#FDF5E6",
        rowSelectedHoverBg: dark ? "#2c251e" : "#FAEFD9",
        borderColor: c.border,
      },
      Button: { primaryShadow: "none", defaultShadow: "none", fontWeight: 500 },
      Segmented: {
        trackBg: dark ? "#0d1626" : "#EBEFF5",
        itemSelectedBg: dark ? "#22314d" : "#FFFFFF",
      },
      Tooltip: { colorBgSpotlight: dark ? "#24324b" : "#1B2A41", colorTextLightSolid: "#F2F5FA" },
      Slider: { trackBg: c.accent, trackHoverBg: c.accent, handleColor: c.accent, handleActiveColor: c.accent },
    },
  };
}

/** The same colours for style sheets, as custom properties. */
export function cssVariables(name: ThemeName): Record<string, string> {
  const c = COLOURS[name];
  return Object.fromEntries(
    Object.entries(c).map(([key, value]) => [`--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value]),
  );
}
