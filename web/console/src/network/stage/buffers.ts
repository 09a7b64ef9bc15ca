import { CENTRE, type Picture } from "../picture/decode";

/** Roots past this many share the last colour; the store texture is this wide at most. */
export const STORES_MAX = 4096;

/** Bytes of one vertex: x, y, t, store as u16; weight, form as u8; two spare. */
export const STRIDE = 12;

export const FORM = { root: 4, koc: 5, centre: 6, outLeaf: 7, outSharer: 8 } as const;

class Vertices {
  readonly u16: Uint16Array;
  readonly u8: Uint8Array;
  readonly data: ArrayBuffer;
  count = 0;

  constructor(room: number) {
    this.data = new ArrayBuffer(room * STRIDE);
    this.u16 = new Uint16Array(this.data);
    this.u8 = new Uint8Array(this.data);
  }

  push(x: number, y: number, t: number, store: number, weight: number, form: number): void {
    const word = this.count * 6;
    this.u16[word] = x;
    this.u16[word + 1] = y;
    this.u16[word + 2] = t;
    this.u16[word + 3] = Math.min(store, STORES_MAX - 1);
    this.u8[word * 2 + 8] = weight * 255;
    this.u8[word * 2 + 9] = form;
    this.count++;
  }
}

/** Reach as 0…1, by orders of magnitude: one follower is little, a thousand is much. */
export const weightOf = (picture: Picture, i: number): number =>
  Math.min(1, Math.log1p(picture.reach[i]!) / Math.log(2000));

/** Everybody but the roots; those who shared come last, and so lie on top of the leaves. */
export function peopleVertices(picture: Picture): Vertices {
  const out = new Vertices(picture.n);
  for (const sharers of [false, true]) {
    for (let i = picture.roots; i < picture.n; i++) {
      if (picture.kids[i]! > 0 !== sharers) continue;
      const form = picture.out[i] ? (sharers ? FORM.outSharer : FORM.outLeaf) : picture.fan[i]! + (sharers ? 2 : 0);
      out.push(picture.x[i]!, picture.y[i]!, picture.t[i]!, picture.root[i]!, weightOf(picture, i), form);
    }
  }
  return out;
}

/** Several roots stand round the campaign; one alone is its own centre. */
export const hasCentre = (picture: Picture): boolean => picture.roots > 1;

/** One line per hop, and one from the centre to each root; a line appears when its lower end joins. */
export function hopVertices(picture: Picture): Vertices {
  const out = new Vertices(picture.n * 2);
  for (let i = 0; i < picture.n; i++) {
    const above = picture.parent[i]!;
    if (above < 0 && !hasCentre(picture)) continue;
    const branch = above < 0 || picture.kids[i]! > 0 ? 1 : 0;
    const fromX = above < 0 ? CENTRE : picture.x[above]!;
    const fromY = above < 0 ? CENTRE : picture.y[above]!;
    out.push(fromX, fromY, picture.t[i]!, picture.root[i]!, branch, 0);
    out.push(picture.x[i]!, picture.y[i]!, picture.t[i]!, picture.root[i]!, branch, 0);
  }
  return out;
}

/** KOCs from the least to the greatest, then roots, then the centre: the order they are drawn in. */
export function landmarkVertices(picture: Picture, kocs: readonly number[]): Vertices {
  const out = new Vertices(kocs.length + picture.roots + 1);
  const push = (i: number, form: number): void =>
    out.push(picture.x[i]!, picture.y[i]!, picture.t[i]!, picture.root[i]!, weightOf(picture, i), form);
  for (let at = kocs.length - 1; at >= 0; at--) push(kocs[at]!, FORM.koc);
  for (let i = 0; i < picture.roots; i++) push(i, FORM.root);
  if (hasCentre(picture)) out.push(CENTRE, CENTRE, 0, 0, 1, FORM.centre);
  return out;
}
