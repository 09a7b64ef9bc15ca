import { describe, expect, it } from "vitest";
import source from "../../../../openapi.json";
import { inLanguage, type OpenApi } from "./document";

describe("the API's page", () => {
  it("shows the committed document in both languages, asking the server it came from", () => {
    const document = source as unknown as OpenApi;
    const zh = inLanguage(document, "zh", "https://here.example");
    const en = inLanguage(document, "en", "https://here.example");
    expect(zh.servers).toEqual([{ url: "https://here.example" }]);
    expect(Object.keys(zh.paths)).toEqual(Object.keys(document.paths));
    for (const [i, tag] of (zh.tags ?? []).entries()) {
      expect(tag["x-displayName"]).toMatch(/[\u4e00-\u9fff]/);
      expect(en.tags?.[i]?.["x-displayName"]).not.toMatch(/[\u4e00-\u9fff]/);
    }
    expect(zh.info.description).not.toBe(en.info.description);
  });
});
