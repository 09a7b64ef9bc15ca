import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { usePreferences } from "../preferences";
import { en } from "./en";
import { zh } from "./zh";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "words";
    resources: { words: typeof zh };
  }
}

void i18next.use(initReactI18next).init({
  lng: usePreferences.getState().language,
  fallbackLng: "zh",
  ns: ["words"],
  defaultNS: "words",
  resources: { zh: { words: zh }, en: { words: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
});

const follow = (language: "zh" | "en"): void => {
  if (i18next.language !== language) void i18next.changeLanguage(language);
  if (typeof document === "undefined") return;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = language === "zh" ? "探照灯 Searchlight" : "Searchlight";
};
follow(usePreferences.getState().language);
usePreferences.subscribe((state) => follow(state.language));

export { i18next };
