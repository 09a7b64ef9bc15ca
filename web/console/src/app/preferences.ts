import { create } from "zustand";
import { persist } from "zustand/middleware";

export type ThemeChoice = "dark" | "light" | "auto";
export type Language = "zh" | "en";

interface Preferences {
  theme: ThemeChoice;
  language: Language;
  navCollapsed: boolean;
  /** Campaigns whose network this browser has shown; the last of the first steps. */
  networksSeen: string[];
  /** Columns of the list of people that are not shown. */
  peopleHidden: string[];
  /** Columns of the KOC board that are not shown. */
  boardHidden: string[];
  setTheme: (theme: ThemeChoice) => void;
  setLanguage: (language: Language) => void;
  setNavCollapsed: (collapsed: boolean) => void;
  markNetworkSeen: (campaign: string) => void;
  setPeopleHidden: (columns: string[]) => void;
  setBoardHidden: (columns: string[]) => void;
}

const browserLanguage = (): Language =>
  (globalThis.navigator?.language ?? "zh").toLowerCase().startsWith("zh") ? "zh" : "en";

export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      theme: "auto",
      language: browserLanguage(),
      navCollapsed: false,
      networksSeen: [],
      peopleHidden: ["campaigns", "first"],
      setTheme: (theme) => set({ theme }),
      setLanguage: (language) => set({ language }),
      setNavCollapsed: (navCollapsed) => set({ navCollapsed }),
      setPeopleHidden: (peopleHidden) => set({ peopleHidden }),
      boardHidden: ["fans", "campaigns", "joined"],
      setBoardHidden: (boardHidden) => set({ boardHidden }),
      markNetworkSeen: (campaign) =>
        set((state) =>
          state.networksSeen.includes(campaign)
            ? state
            : { networksSeen: [...state.networksSeen, campaign].slice(-200) },
        ),
    }),
    { name: "searchlight.preferences", version: 1 },
  ),
);
