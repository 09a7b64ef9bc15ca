import { describe, expect, it } from "vitest";
import { encodePicture, TWO_STORES, type MadePerson } from "@/testing/pictures";
import { decodePicture } from "./decode";
import { Grid } from "./grid";
import { arrivals, growthOf } from "./growth";

const always = (): boolean => true;
const nothing = (): number => 0;

describe("finding the person under the pointer", () => {
  const picture = decodePicture(encodePicture(TWO_STORES, 2));
  const grid = new Grid(picture);

  it("takes the nearest within reach, or nobody", () => {
    expect(grid.nearest(28010, 33010, 200, always, nothing)).toBe(2);
    expect(grid.nearest(50000, 50000, 200, always, nothing)).toBeNull();
  });

  it("passes over those who are not drawn", () => {
    expect(grid.nearest(28010, 33010, 200, (i) => i !== 2, nothing)).toBeNull();
  });

  it("prefers what is drawn larger", () => {
    expect(grid.nearest(27950, 32000, 2000, always, (i) => (i === 3 ? 500 : 0))).toBe(3);
  });

  it("agrees with looking at everybody", () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    const people = Array.from({ length: 800 }, (_, handle): MadePerson => ({ x: random(65536), y: random(65536), t: 0, fan: true, kids: 0, handle }));
    const crowd = decodePicture(encodePicture(people, 800));
    const crowded = new Grid(crowd);
    for (let round = 0; round < 200; round++) {
      const [x, y, reach] = [random(65536), random(65536), random(6000)];
      const distances = people.map((person) => Math.hypot(person.x - x, person.y - y));
      const least = Math.min(...distances);
      const found = crowded.nearest(x, y, reach, always, nothing);
      if (least > reach) expect(found).toBeNull();
      else expect(distances[found!]).toBe(least);
    }
  });
});

describe("growth over time", () => {
  const picture = decodePicture(encodePicture(TWO_STORES, 2));

  it("counts people and fans up to each moment", () => {
    const growth = growthOf(picture, Uint8Array.of(1, 1));
    expect([growth.peopleBy[0], growth.peopleBy[2500], growth.peopleBy[65535]]).toEqual([1, 3, 5]);
    expect([growth.fansBy[65534], growth.fansBy[65535]]).toEqual([3, 4]);
    expect(arrivals(growth, 10).reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(5);
  });

  it("leaves out stores that are switched off", () => {
    const growth = growthOf(picture, Uint8Array.of(0, 1));
    expect(growth.peopleBy[65535]).toBe(1);
  });
});
