import { useSyncExternalStore } from "react";
import { usePreferences } from "../preferences";
import type { ThemeName } from "./palette";

const query = "(prefers-color-scheme: light)";

const subscribe = (changed: () => void): (() => void) => {
  const media = globalThis.matchMedia(query);
  media.addEventListener("change", changed);
  return () => media.removeEventListener("change", changed);
};

/** The theme in force: the person's choice, or the system's when they chose "auto". */
export function useThemeName(): ThemeName {
  const choice = usePreferences((state) => state.theme);
  const systemLight = useSyncExternalStore(subscribe, () => globalThis.matchMedia(query).matches);
  if (choice === "auto") return systemLight ? "light" : "dark";
  return choice;
}
