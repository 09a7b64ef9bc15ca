import type { Language } from "@/app/preferences";
import { WORDS } from "./words";

interface Tag {
  name: string;
  description?: string;
  "x-displayName"?: string;
  "x-words"?: Record<Language, string>;
}

/** As much of an OpenAPI document as this page looks at. */
export interface OpenApi {
  openapi: string;
  info: { title: string; version: string; description?: string };
  servers?: { url: string }[];
  tags?: Tag[];
  paths: Record<string, unknown>;
}

/** The same document with the introduction and the groups' names in one language, and this server as the one to ask. */
export function inLanguage(source: OpenApi, language: Language, origin: string): OpenApi {
  return {
    ...source,
    info: { ...source.info, description: WORDS[language].intro },
    servers: [{ url: origin }],
    tags: (source.tags ?? []).map((tag) => {
      const word = tag["x-words"]?.[language] ?? tag.name;
      return { ...tag, "x-displayName": word, description: "" };
    }),
  };
}
