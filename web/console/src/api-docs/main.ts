/** The API's own page: the document the program serves, searchable, with curl examples, without a word from elsewhere. */
import "rapidoc";
import { usePreferences, type Language } from "@/app/preferences";
import "./docs.css";
import { inLanguage, type OpenApi } from "./document";
import { WORDS } from "./words";

interface RapiDoc extends HTMLElement {
  loadSpec: (document: OpenApi) => Promise<void>;
}

const LOOK = {
  light: { theme: "light", "bg-color": "#ffffff", "nav-bg-color": "#f4f6f9", "nav-text-color": "#334155", "primary-color": "#9a6700", "nav-accent-color": "#d49a1f" },
  dark: { theme: "dark", "bg-color": "#0f1830", "nav-bg-color": "#0b1220", "nav-text-color": "#c8d1e0", "primary-color": "#f5b83d", "nav-accent-color": "#f5b83d" },
} as const;

const FIXED: Record<string, string> = {
  "render-style": "focused",
  layout: "row",
  "show-header": "false",
  "load-fonts": "false",
  "regular-font": "system-ui, -apple-system, 'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif",
  "mono-font": "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  "show-method-in-nav-bar": "as-colored-text",
  "nav-item-spacing": "compact",
  "schema-style": "table",
  "schema-description-expanded": "true",
  "allow-spec-url-load": "false",
  "allow-spec-file-load": "false",
  "allow-server-selection": "false",
  "allow-spec-file-download": "true",
  "show-curl-before-try": "true",
  "fill-request-fields-with-example": "true",
  "persist-auth": "false",
  "fetch-credentials": "same-origin",
  "update-route": "true",
};

function make(): RapiDoc {
  const made = document.createElement("rapi-doc") as RapiDoc;
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const chosen = usePreferences.getState().theme;
  const look = chosen === "auto" ? (dark ? LOOK.dark : LOOK.light) : LOOK[chosen];
  for (const [name, value] of Object.entries({ ...FIXED, ...look })) made.setAttribute(name, value);
  document.documentElement.dataset["theme"] = look.theme;
  return made;
}

/** The two languages, in the page's own navigation. */
function languages(now: Language, choose: (language: Language) => void): HTMLElement {
  const bar = document.createElement("nav");
  bar.slot = "nav-logo";
  bar.className = "head";
  const home = document.createElement("a");
  home.href = "/";
  home.textContent = WORDS[now].console;
  bar.append(home);
  for (const language of ["zh", "en"] as const) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = language === "zh" ? "中文" : "English";
    button.setAttribute("aria-pressed", String(language === now));
    button.dataset["testid"] = `docs-${language}`;
    button.addEventListener("click", () => choose(language));
    bar.append(button);
  }
  return bar;
}

async function show(source: OpenApi, language: Language): Promise<void> {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = WORDS[language].title;
  const page = make();
  page.append(
    languages(language, (chosen) => {
      usePreferences.getState().setLanguage(chosen);
      void show(source, chosen);
    }),
  );
  document.body.replaceChildren(page);
  await page.loadSpec(inLanguage(source, language, window.location.origin));
}

function failed(): void {
  const told = document.createElement("p");
  told.className = "failed";
  told.setAttribute("role", "alert");
  told.textContent = `${WORDS.zh.failed} · ${WORDS.en.failed}`;
  document.body.replaceChildren(told);
}

try {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(String(answer.status));
  await show((await answer.json()) as OpenApi, usePreferences.getState().language);
} catch {
  failed();
}
