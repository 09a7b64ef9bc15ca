import { describe, expect, it } from "vitest";
import { contrast } from "./contrast";
import { colourIndexes, storeColour, STORE_COLOURS, type ThemeName } from "./palette";
import { COLOURS } from "./tokens";

describe.each(["dark", "light"] as ThemeName[])("the %s theme", (theme) => {
  const colours = COLOURS[theme];

  it("keeps text readable on every ground", () => {
    for (const ground of [colours.page, colours.surface, colours.raised, colours.canvas]) {
      expect(contrast(colours.text, ground)).toBeGreaterThan(7);
      expect(contrast(colours.textSecondary, ground)).toBeGreaterThan(4.5);
      expect(contrast(colours.textFaint, ground)).toBeGreaterThan(4);
      expect(contrast(colours.bad, ground)).toBeGreaterThan(4.5);
    }
  });

  it("keeps every store colour visible on the canvas and in charts", () => {
    for (const colour of STORE_COLOURS[theme]) {
      expect([colour, contrast(colour, colours.canvas)]).toEqual([colour, expect.toSatisfy((ratio: number) => ratio >= 3)]);
      expect([colour, contrast(colour, colours.surface)]).toEqual([colour, expect.toSatisfy((ratio: number) => ratio >= 3)]);
    }
  });

  it("has twenty-four different store colours, none of them the accent", () => {
    const list = STORE_COLOURS[theme];
    expect(new Set([...list, colours.accent]).size).toBe(25);
  });
});

describe("a store's colour", () => {
  it("does not depend on the order of the list, nor move when stores join", () => {
    const before = colourIndexes(["p90", "p3", "p14"]);
    const after = colourIndexes(["p14", "p200", "p90", "p3"]);
    for (const person of ["p3", "p14", "p90"]) expect(after.get(person)).toBe(before.get(person));
    expect(before.get("p3")).toBe(0);
  });

  it("starts again after the last colour", () => {
    expect(storeColour("dark", 24)).toBe(storeColour("dark", 0));
  });
});
