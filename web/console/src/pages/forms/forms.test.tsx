import { describe, expect, it } from "vitest";
import type { Question } from "@/api/forms";
import { asKind, choicesOf, freeKey, localOf, moved, needsConsent, EMPTY } from "./draft";
import { said } from "./Results";

const WORDS = ["选项 1", "选项 2"] as const;
const taste: Question = { key: "q1", label: "爱读哪一类", required: true, type: "one", choices: [{ key: "novel", label: "小说" }, { key: "poem", label: "诗" }] };

describe("a form that is being made", () => {
  it("keeps the choices when one choice becomes several, and offers two where there were none", () => {
    expect(choicesOf(asKind(taste, "many", WORDS)).map(({ label }) => label)).toEqual(["小说", "诗"]);
    expect(choicesOf(asKind({ key: "q2", label: "", required: false, type: "text" }, "one", WORDS)).map(({ label }) => label)).toEqual([...WORDS]);
    expect(asKind(taste, "score", WORDS)).toEqual({ key: "q1", label: "爱读哪一类", required: true, type: "score", max: 5 });
  });

  it("never gives two questions one key, whatever was deleted", () => {
    expect(freeKey(["q1", "q3"], "q")).toBe("q4");
    expect(freeKey(["q2"], "q")).toBe("q3");
    expect(freeKey(["q1", "q2", "q4"], "q")).toBe("q5");
  });

  it("moves a question and loses none", () => {
    expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b"], 0, 9)).toEqual(["b", "a"]);
  });

  it("needs words about personal data as soon as it asks who one is", () => {
    expect(needsConsent({ ...EMPTY, questions: [taste] })).toBe(false);
    expect(needsConsent({ ...EMPTY, questions: [asKind(taste, "phone", WORDS)] })).toBe(true);
  });

  it("shows an instant in the zone of whoever looks", () => {
    expect(localOf(null)).toBe("");
    expect(new Date(localOf("2026-05-01T08:30:00Z")).toISOString()).toBe("2026-05-01T08:30:00.000Z");
  });
});

describe("an answer", () => {
  it("is told in the words of the form, and a choice that is gone by its key", () => {
    expect(said(taste, "poem")).toBe("诗");
    expect(said(asKind(taste, "many", WORDS), ["novel", "crime"])).toBe("小说；crime");
    expect(said(taste, undefined)).toBe("");
  });
});
