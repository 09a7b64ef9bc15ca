import type { Picture } from "../picture/decode";

/** Radii in CSS pixels; the point program computes the same from `leaf` and `star`. */
export interface Sizes {
  /** Radius of somebody who shared with nobody. */
  leaf: number;
  /** Opacity of the crowd: where dots lie on one another, denser places then show brighter. */
  opacity: number;
  /** Factor for landmarks: the centre, roots and KOCs. */
  star: number;
}

const LEAF_MIN = 0.85;
const LEAF_MAX = 4.4;
const CROWDED = 6;

/**
 * Typical distance between neighbours around one sharer, in steps of the picture: the florets' own density, so that
 * dots grow into the room there is and never melt together, in small pictures as in large ones.
 */
export function leafSpacing(picture: Picture): number {
  const spacings: number[] = [];
  for (let i = 0; i < picture.n && spacings.length < 4000; i++) {
    const kids = picture.kids[i]!;
    if (kids < CROWDED) continue;
    let leaves = 0;
    let farthest = 0;
    for (let k = picture.firstKid[i]!; k < picture.firstKid[i]! + kids; k++) {
      if (picture.kids[k]! > 0) continue;
      leaves++;
      farthest = Math.max(farthest, Math.hypot(picture.x[k]! - picture.x[i]!, picture.y[k]! - picture.y[i]!));
    }
    if (leaves >= CROWDED) spacings.push(farthest * Math.sqrt(Math.PI / leaves));
  }
  spacings.sort((a, b) => a - b);
  return spacings[spacings.length >> 1] ?? 1200;
}

/** `pixels` is the spacing on screen; `zoom` is 1 when the whole picture is in view. */
export function sizesAt(pixels: number, zoom: number): Sizes {
  const leaf = Math.min(LEAF_MAX, Math.max(LEAF_MIN, pixels * 0.36));
  const room = Math.min(1, Math.max(0, (pixels - 0.8) / 2.4));
  return { leaf, opacity: 0.5 + 0.5 * room, star: Math.max(1, zoom) ** 0.3 };
}

export const sharerRadius = (sizes: Sizes, weight: number): number => sizes.leaf * (1.15 + 1.05 * weight);
export const kocRadius = (sizes: Sizes, weight: number): number => Math.max((2.4 + 3.4 * weight) * sizes.star, sizes.leaf * (1.5 + weight));
export const rootRadius = (sizes: Sizes, weight: number): number => Math.max((3.6 + 3.6 * weight) * sizes.star, sizes.leaf * (1.8 + weight));
