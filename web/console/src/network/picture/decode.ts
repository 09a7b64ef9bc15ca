/**
 * The picture of a cascade as the server sends it ("SLP2", little endian): columns of positions, joining times and
 * child counts, people breadth first. Everything else (parents, circles, reach, store of each person) follows from
 * the child counts in one pass each, into typed arrays; there is no object per person.
 */

export interface Picture {
  /** People in the picture. */
  n: number;
  /** The first `roots` people are the roots. */
  roots: number;
  /** World units per step of `x` and `y`; the campaign's centre is at (32768, 32768). */
  scale: number;
  /** First joining time, milliseconds since 1970. */
  startMs: number;
  /** Last joining time minus first, milliseconds. */
  spanMs: number;
  /** State of the log the picture shows. */
  offset: bigint;
  x: Uint16Array;
  y: Uint16Array;
  /** Joining time in 65535ths of the span. */
  t: Uint16Array;
  /** 1 = fan, 0 = visitor. */
  fan: Uint8Array;
  /** 1 = does not count: kept out as suspicious, or below somebody who is. */
  out: Uint8Array;
  /** How many of these there are. */
  outs: number;
  kids: Uint32Array;
  /** Index of each person's first child; the others follow it. */
  firstKid: Uint32Array;
  /** Person id is "p" + handle. */
  handle: Float64Array;
  /** Index of who brought them, −1 for roots. */
  parent: Int32Array;
  /** Index of their root, below `roots`. */
  root: Uint16Array;
  /** Hops from the root; 0 for roots. */
  circle: Uint16Array;
  /** People below them, at any depth. */
  reach: Uint32Array;
}

export class PictureError extends Error {
  constructor(reason: string) {
    super(`The picture could not be read: ${reason}`);
    this.name = "PictureError";
  }
}

const HEADER_BYTES = 40;
export const CENTRE = 32768;
export const TIME_MAX = 65535;

/** Reads LEB128 numbers up to 2^53, by arithmetic: a zigzagged u32 difference needs 33 bits. */
class Varints {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  next(): number {
    let value = 0;
    let unit = 1;
    for (let read = 0; read < 8; read++) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new PictureError("it ends too early");
      value += (byte & 127) * unit;
      if (byte < 128) return value;
      unit *= 128;
    }
    throw new PictureError("a number is too long");
  }
}

const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

export function decodePicture(buffer: ArrayBuffer): Picture {
  if (buffer.byteLength < HEADER_BYTES) throw new PictureError("it is shorter than its header");
  const view = new DataView(buffer);
  if (view.getUint32(0, false) !== 0x534c5032) throw new PictureError("it does not start with SLP2");
  const n = view.getUint32(4, true);
  const roots = view.getUint32(8, true);
  const fansAt = HEADER_BYTES + n * 6;
  const kidsAt = fansAt + Math.ceil(n / 8);
  if (buffer.byteLength < kidsAt || roots > n) throw new PictureError("it ends too early");

  const column = (index: number): Uint16Array => new Uint16Array(buffer, HEADER_BYTES + index * n * 2, n);
  const bytes = new Uint8Array(buffer);
  const fan = new Uint8Array(n);
  for (let i = 0; i < n; i++) fan[i] = (bytes[fansAt + (i >> 3)]! >> (i & 7)) & 1;

  const varints = new Varints(bytes, kidsAt);
  const kids = new Uint32Array(n);
  let expected = roots;
  for (let i = 0; i < n; i++) expected += kids[i] = varints.next();
  if (expected !== n) throw new PictureError("its child counts do not add up");
  const handle = new Float64Array(n);
  let last = 0;
  for (let i = 0; i < n; i++) last = handle[i] = last + unzigzag(varints.next());
  const out = new Uint8Array(n);
  const outs = varints.next();
  for (let read = 0, place = 0; read < outs; read++) {
    place += varints.next();
    if (place >= n) throw new PictureError("it names somebody it does not have");
    out[place] = 1;
  }

  return {
    n,
    roots,
    scale: view.getFloat32(12, true),
    startMs: Number(view.getBigInt64(16, true)) / 1000,
    spanMs: Number(view.getBigInt64(24, true)) / 1000,
    offset: view.getBigUint64(32, true),
    x: column(0),
    y: column(1),
    t: column(2),
    fan,
    out,
    outs,
    kids,
    handle,
    ...lineage(n, roots, kids),
  };
}

/** Breadth-first order makes parents come before children: forwards gives circles, backwards gives reach. */
function lineage(n: number, roots: number, kids: Uint32Array) {
  const parent = new Int32Array(n).fill(-1);
  const firstKid = new Uint32Array(n);
  const root = new Uint16Array(n);
  const circle = new Uint16Array(n);
  const reach = new Uint32Array(n);
  for (let i = 0; i < roots; i++) root[i] = i;
  let next = roots;
  for (let i = 0; i < n; i++) {
    if (next < i + 1 && kids[i]! > 0) throw new PictureError("a person comes before who brought them");
    firstKid[i] = next;
    for (const end = next + kids[i]!; next < end; next++) {
      parent[next] = i;
      root[next] = root[i]!;
      circle[next] = circle[i]! + 1;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    const above = parent[i]!;
    if (above >= 0) reach[above]! += reach[i]! + 1;
  }
  return { parent, firstKid, root, circle, reach };
}

export const personId = (picture: Picture, index: number): string => `p${picture.handle[index]}`;

/** Person id → index in the picture. */
export function personIndex(picture: Picture): Map<string, number> {
  const index = new Map<string, number>();
  for (let i = 0; i < picture.n; i++) index.set(`p${picture.handle[i]}`, i);
  return index;
}

/** From the root down to the person, both included. */
export function chainTo(picture: Picture, index: number): number[] {
  const chain: number[] = [];
  for (let at = index; at >= 0; at = picture.parent[at]!) chain.push(at);
  return chain.reverse();
}

/** When this person joined, milliseconds since 1970. */
export const joinedMs = (picture: Picture, index: number): number =>
  picture.startMs + (picture.t[index]! / TIME_MAX) * picture.spanMs;

export interface Box {
  left: number;
  right: number;
  low: number;
  high: number;
}

/** The space a root's people take (or everybody, without `root`), in steps; the centre counts only for everybody. */
export function boundsOf(picture: Picture, root: number | null): Box {
  const box =
    root === null
      ? { left: CENTRE, right: CENTRE, low: CENTRE, high: CENTRE }
      : { left: Infinity, right: -Infinity, low: Infinity, high: -Infinity };
  for (let i = 0; i < picture.n; i++) {
    if (root !== null && picture.root[i] !== root) continue;
    const x = picture.x[i]!;
    const y = picture.y[i]!;
    if (x < box.left) box.left = x;
    if (x > box.right) box.right = x;
    if (y < box.low) box.low = y;
    if (y > box.high) box.high = y;
  }
  return box;
}
