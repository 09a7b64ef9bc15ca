/** The API's own page: the document the program serves, searchable, with curl examples, without a word from elsewhere. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { usePreferences } from "@/app/preferences";
import { Docs } from "./Docs";
import "./docs.css";
import type { OpenApi } from "./document";
import { WORDS } from "./words";

const { theme, language } = usePreferences.getState();
const dark = theme === "dark" || (theme === "auto" && window.matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.dataset["theme"] = dark ? "dark" : "light";

const root = createRoot(document.getElementById("root") as HTMLElement);
root.render(<p className="message">{WORDS[language].loading}</p>);
try {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(String(answer.status));
  const api = (await answer.json()) as OpenApi;
  root.render(<StrictMode><Docs document={api} /></StrictMode>);
} catch {
  root.render(<p className="message" role="alert">{WORDS[language].failed}</p>);
}
