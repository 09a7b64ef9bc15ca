import { TIME_MAX, type Picture } from "./decode";

/** How many people and fans of the shown stores had joined by each moment. One pass per change of stores. */
export interface Growth {
  peopleBy: Uint32Array;
  fansBy: Uint32Array;
}

export function growthOf(picture: Picture, shown: Uint8Array): Growth {
  const peopleBy = new Uint32Array(TIME_MAX + 1);
  const fansBy = new Uint32Array(TIME_MAX + 1);
  for (let i = 0; i < picture.n; i++) {
    if (!shown[picture.root[i]!]) continue;
    const t = picture.t[i]!;
    peopleBy[t]!++;
    fansBy[t]! += picture.fan[i]!;
  }
  for (let t = 1; t <= TIME_MAX; t++) {
    peopleBy[t]! += peopleBy[t - 1]!;
    fansBy[t]! += fansBy[t - 1]!;
  }
  return { peopleBy, fansBy };
}

/** New people in each of `bins` equal parts of the span, for the shape behind the scrub bar. */
export function arrivals(growth: Growth, bins: number): number[] {
  const out: number[] = [];
  let before = 0;
  for (let bin = 1; bin <= bins; bin++) {
    const upTo = growth.peopleBy[Math.round((bin / bins) * TIME_MAX)]!;
    out.push(upTo - before);
    before = upTo;
  }
  return out;
}
