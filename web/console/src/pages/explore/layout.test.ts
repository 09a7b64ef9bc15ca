import { describe, expect, it } from "vitest";
import type { EgoPerson, EgoView } from "@/api/types";
import { place } from "./layout";

const person = (id: number, circle: number, through: number): EgoPerson => ({
  person: `p${id}`, name: null, circle, through: `p${through}`, chance: 0.2, unit: null, is_fan: false, reach: 0, campaigns: 1, orders: 0, more: 0,
});
const view = (people: EgoPerson[]): EgoView => ({ as_of: "2026-11-22T00:00:00Z", people, ties: [], circles: [] });

describe("the places of people around somebody", () => {
  it("are on the circle of each, the centre in the middle", () => {
    const placed = place(view([person(1, 0, 1), person(2, 1, 1), person(3, 1, 1), person(4, 2, 2), person(5, 3, 4)]));
    expect(placed).toHaveLength(5);
    for (const each of placed) expect(Math.hypot(each.x, each.y)).toBeCloseTo(each.person.circle);
  });

  it("keep branches apart: nobody stands where another does, and who has more below has more room", () => {
    const many = Array.from({ length: 30 }, (_, at) => person(10 + at, 2, 2));
    const placed = place(view([person(1, 0, 1), person(2, 1, 1), person(3, 1, 1), ...many, person(99, 2, 3)]));
    const spots = new Set(placed.map(({ x, y }) => `${x.toFixed(6)},${y.toFixed(6)}`));
    expect(spots.size).toBe(placed.length);
    const angle = (id: string): number => {
      const each = placed.find((found) => found.person.person === id);
      return each ? Math.atan2(each.x, -each.y) : Number.NaN;
    };
    // The branch of thirty-one shares holds the whole turn but one share.
    expect(Math.abs(angle("p10") - angle("p3"))).toBeGreaterThan(0.05);
  });

  it("of one person alone are the middle", () => {
    expect(place(view([person(1, 0, 1)]))).toMatchObject([{ x: 0, y: 0 }]);
  });
});
