import { describe, expect, it } from "vitest";
import { encodePicture, TWO_STORES, type MadePerson } from "@/testing/pictures";
import { boundsOf, chainTo, decodePicture, joinedMs, personId, personIndex, PictureError } from "./decode";

describe("the picture's decoder", () => {
  it("reads the header and the columns", () => {
    const picture = decodePicture(encodePicture(TWO_STORES, 2, { offset: 183_422n }));
    expect([picture.n, picture.roots, picture.scale, picture.offset]).toEqual([5, 2, 0.5, 183_422n]);
    expect(picture.startMs).toBe(1_700_000_000_000);
    expect(picture.spanMs).toBe(172_800_000);
    expect([...picture.x]).toEqual(TWO_STORES.map((person) => person.x));
    expect([...picture.fan]).toEqual([1, 1, 1, 0, 1]);
    expect(joinedMs(picture, 4)).toBe(picture.startMs + picture.spanMs);
  });

  it("knows who brought whom from the child counts alone", () => {
    const picture = decodePicture(encodePicture(TWO_STORES, 2));
    expect([...picture.parent]).toEqual([-1, -1, 0, 0, 2]);
    expect([...picture.root]).toEqual([0, 1, 0, 0, 0]);
    expect([...picture.circle]).toEqual([0, 0, 1, 1, 2]);
    expect([...picture.reach]).toEqual([3, 0, 1, 0, 0]);
    expect(chainTo(picture, 4)).toEqual([0, 2, 4]);
    expect(personId(picture, 4)).toBe("p30");
    expect(personIndex(picture).get("p11")).toBe(3);
  });

  it("finds the space of everybody, the centre included, and of one store", () => {
    const picture = decodePicture(encodePicture(TWO_STORES, 2));
    expect(boundsOf(picture, null)).toEqual({ left: 26000, right: 36000, low: 31000, high: 33500 });
    expect(boundsOf(picture, 1)).toEqual({ left: 36000, right: 36000, low: 32768, high: 32768 });
  });

  it("reads handles up to the last u32, in any order", () => {
    const handles = [4_294_967_295, 0, 4_294_967_294, 1];
    const people = handles.map((handle): MadePerson => ({ x: 1, y: 2, t: 3, fan: true, kids: 0, handle }));
    expect([...decodePicture(encodePicture(people, 4)).handle]).toEqual(handles);
  });

  it("knows who does not count", () => {
    const people = TWO_STORES.map((person, at): MadePerson => ({ ...person, out: at === 2 || at === 4 }));
    const picture = decodePicture(encodePicture(people, 2));
    expect([[...picture.out], picture.outs]).toEqual([[0, 0, 1, 0, 1], 2]);
    expect(decodePicture(encodePicture(TWO_STORES, 2)).outs).toBe(0);
  });

  it("reads an empty picture", () => {
    expect(decodePicture(encodePicture([], 0)).n).toBe(0);
  });

  it("agrees with the tree it was made from, whatever its shape", () => {
    let seed = 42;
    const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    for (let round = 0; round < 50; round++) {
      const roots = 1 + random(4);
      const kids: number[] = [];
      let known = roots;
      while (kids.length < known) kids.push(known < 400 ? random(4) : 0), (known += kids.at(-1) ?? 0);
      const people = kids.map((count, at): MadePerson => ({ x: random(65536), y: random(65536), t: random(65536), fan: random(2) === 1, kids: count, handle: at * 3 + random(3) }));
      const picture = decodePicture(encodePicture(people, roots));
      const counted = new Array<number>(people.length).fill(0);
      for (let i = 0; i < picture.n; i++) {
        const above = picture.parent[i]!;
        if (above < 0) continue;
        counted[above]!++;
        expect(above).toBeLessThan(i);
        expect(picture.circle[i]).toBe(picture.circle[above]! + 1);
        expect(picture.root[i]).toBe(picture.root[above]);
      }
      expect(counted).toEqual(kids);
      const below = [...picture.reach].slice(0, roots).reduce((sum, reach) => sum + reach, 0);
      expect(below + roots).toBe(people.length);
    }
  });

  it("refuses what is not a picture", () => {
    const good = encodePicture(TWO_STORES, 2);
    expect(() => decodePicture(new ArrayBuffer(8))).toThrow(PictureError);
    expect(() => decodePicture(good.slice(0, good.byteLength - 1))).toThrow(PictureError);
    const wrongMagic = good.slice(0);
    new Uint8Array(wrongMagic)[0] = 0;
    expect(() => decodePicture(wrongMagic)).toThrow(/SLP2/);
    const moreKids = TWO_STORES.map((person, at) => (at === 1 ? { ...person, kids: 2 } : person));
    expect(() => decodePicture(encodePicture(moreKids, 2))).toThrow(/child counts/);
  });
});
