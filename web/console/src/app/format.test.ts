import { describe, expect, it } from "vitest";
import { formatsFor, NOTHING } from "./format";

describe("numbers and times by locale", () => {
  const zh = formatsFor("zh", "Asia/Shanghai");
  const en = formatsFor("en", "Asia/Shanghai");

  it("groups digits, and shortens where room is short", () => {
    expect(zh.count(57012)).toBe("57,012");
    expect(zh.short(57012)).toBe("5.7万");
    expect(en.short(57012).toLowerCase()).toBe("57k");
    expect(zh.decimal(7.418, 2)).toBe("7.42");
  });

  it("shares, and no share of nothing", () => {
    expect(en.share(3, 8)).toBe("37.5%");
    expect(en.share(0, 0)).toBe(NOTHING);
  });

  it("reads money in minor units", () => {
    expect(zh.money(890050)).toBe("¥8,900.50");
    expect(en.money(1)).toBe("¥0.01");
  });

  it("tells times in the reader's zone, and says when there is none", () => {
    expect(zh.moment("2026-11-20T01:00:00Z")).toContain("09:00");
    expect(en.moment("2026-11-20T01:00:00Z")).toMatch(/20 Nov.*09:00/);
    expect(zh.moment(null)).toBe(NOTHING);
    expect(zh.day("not a time")).toBe(NOTHING);
    expect(en.clock(Date.parse("2026-11-20T16:05:00Z"))).toBe("00:05");
  });
});
