import { describe, expect, it } from "vitest";
import { decodePicture } from "../picture/decode";
import { encodePicture, TWO_STORES } from "@/testing/pictures";
import { hopVertices, landmarkVertices, peopleVertices, STRIDE } from "./buffers";
import { centreOn, fitView, scaleAt, type View } from "./camera";
import { kocRadius, leafSpacing, rootRadius, sharerRadius, sizesAt } from "./sizes";

const SIZE = { width: 1376, height: 794 };
const INSETS = { left: 226, right: 396, top: 0, bottom: 84 };

/** Where a point of the picture lands on the stage, as sigma places it. */
const onStage = (x: number, y: number, view: View) => {
  const scale = scaleAt(view.ratio, SIZE);
  return { x: SIZE.width / 2 + (x / 65536 - view.x) * scale, y: SIZE.height / 2 - (y / 65536 - view.y) * scale };
};

describe("the camera", () => {
  it("fits a box into the part that panels leave free, and fills it one way", () => {
    const box = { left: 20000, right: 44000, low: 25000, high: 41000 };
    const view = fitView(box, SIZE, INSETS);
    const [a, b] = [onStage(box.left, box.high, view), onStage(box.right, box.low, view)];
    const free = { left: 226, right: 1376 - 396, top: 0, bottom: 794 - 84 };
    expect(a.x).toBeGreaterThanOrEqual(free.left - 0.01);
    expect(b.x).toBeLessThanOrEqual(free.right + 0.01);
    expect(a.y).toBeGreaterThanOrEqual(free.top - 0.01);
    expect(b.y).toBeLessThanOrEqual(free.bottom + 0.01);
    expect(b.x - a.x).toBeCloseTo(free.right - free.left, 3);
    expect((a.y + b.y) / 2).toBeCloseTo(355, 3);
  });

  it("puts a person in the middle of the free part", () => {
    const view = centreOn(30000, 50000, 9000, SIZE, INSETS);
    const at = onStage(30000, 50000, view);
    expect(at.x).toBeCloseTo((226 + 980) / 2, 3);
    expect(at.y).toBeCloseTo(355, 3);
  });
});

describe("what is sent to the GPU", () => {
  const picture = decodePicture(encodePicture(TWO_STORES, 2));

  it("draws leaves before those who shared, and KOCs, roots and the centre on top", () => {
    const people = peopleVertices(picture);
    expect(people.count).toBe(3);
    expect([0, 1, 2].map((at) => people.u8[at * STRIDE + 9])).toEqual([0, 1, 3]);
    const landmarks = landmarkVertices(picture, [2]);
    expect([0, 1, 2, 3].map((at) => landmarks.u8[at * STRIDE + 9])).toEqual([5, 4, 4, 6]);
  });

  it("paints who does not count in a form of their own", () => {
    const people = peopleVertices(decodePicture(encodePicture(TWO_STORES.map((person, at) => ({ ...person, out: at >= 2 && at !== 3 })), 2)));
    expect([0, 1, 2].map((at) => people.u8[at * STRIDE + 9])).toEqual([0, 7, 8]);
  });

  it("lets a line appear when its lower end joins", () => {
    const hops = hopVertices(picture);
    expect(hops.count).toBe(10);
    const times = Array.from({ length: 10 }, (_, at) => hops.u16[at * 6 + 2]);
    expect(times).toEqual([0, 0, 100, 100, 2000, 2000, 3000, 3000, 65535, 65535]);
  });
});

describe("sizes", () => {
  it("never lets a landmark be smaller than the crowd around it", () => {
    for (const pixels of [0.2, 2, 10, 80]) {
      for (const zoom of [0.5, 1, 8, 60]) {
        const sizes = sizesAt(pixels, zoom);
        expect(sizes.leaf).toBeGreaterThan(0.5);
        expect(sharerRadius(sizes, 0)).toBeGreaterThan(sizes.leaf);
        expect(kocRadius(sizes, 0.3)).toBeGreaterThan(sharerRadius(sizes, 0.3));
        expect(rootRadius(sizes, 0.3)).toBeGreaterThan(kocRadius(sizes, 0.3));
      }
    }
  });

  it("has an answer for pictures without florets", () => {
    expect(leafSpacing(decodePicture(encodePicture(TWO_STORES, 2)))).toBeGreaterThan(0);
  });
});
