import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { en } from "./en";
import { zh } from "./zh";

type Words = { [key: string]: string | Words };

const flatten = (words: Words, prefix = ""): Map<string, string> =>
  new Map(
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === "string" ? [[`${prefix}${key}`, value] as const] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
const blanks = (text: string): string[] => (text.match(/\{\{\s*\w+/g) ?? []).sort();

describe("the two languages", () => {
  const [chinese, english] = [flatten(zh), flatten(en)];

  it("say the same things", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it("fill the same blanks", () => {
    for (const [key, text] of chinese) expect([key, blanks(english.get(key) ?? "")]).toEqual([key, blanks(text)]);
  });

  it("leave nothing empty", () => {
    for (const words of [chinese, english]) for (const [key, text] of words) expect([key, text.trim()]).not.toEqual([key, ""]);
  });

  it("are the only place for Chinese words in pages", () => {
    const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tsx") && !name.includes(".test."));
    const offenders = files.filter((name) =>
      readFileSync(join("src", name), "utf8")
        .split("\n")
        .some((line) => /\p{Script=Han}/u.test(line) && !/^\s*(\/\/|\/?\*)/.test(line) && !/keywords|LanguageSwitch|value: "zh"/.test(line)),
    );
    expect(offenders).toEqual([]);
  });
});
