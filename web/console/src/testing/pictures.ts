/** People of a made-up picture, breadth first; `kids` are counts. */
export interface MadePerson {
  x: number;
  y: number;
  t: number;
  fan: boolean;
  kids: number;
  handle: number;
  out?: boolean;
}

/** Writes "SLP2" as the server does; an independent reading of the contract, for the decoder's tests. */
export function encodePicture(
  people: readonly MadePerson[],
  roots: number,
  head: { scale?: number; t0Micros?: bigint; spanMicros?: bigint; offset?: bigint } = {},
): ArrayBuffer {
  const tail: number[] = [];
  const varint = (value: bigint): void => {
    let rest = value;
    while (rest >= 128n) {
      tail.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    tail.push(Number(rest));
  };
  for (const { kids } of people) varint(BigInt(kids));
  let last = 0n;
  for (const { handle } of people) {
    const step = BigInt(handle) - last;
    varint(step >= 0n ? step << 1n : (-step << 1n) - 1n);
    last = BigInt(handle);
  }
  const out = people.flatMap((person, place) => (person.out ? [place] : []));
  varint(BigInt(out.length));
  out.forEach((place, at) => varint(BigInt(place - (out[at - 1] ?? 0))));
  const n = people.length;
  const fansAt = 40 + n * 6;
  const buffer = new ArrayBuffer(fansAt + Math.ceil(n / 8) + tail.length);
  const view = new DataView(buffer);
  [..."SLP2"].forEach((letter, at) => view.setUint8(at, letter.charCodeAt(0)));
  view.setUint32(4, n, true);
  view.setUint32(8, roots, true);
  view.setFloat32(12, head.scale ?? 0.5, true);
  view.setBigInt64(16, head.t0Micros ?? 1_700_000_000_000_000n, true);
  view.setBigInt64(24, head.spanMicros ?? 172_800_000_000n, true);
  view.setBigUint64(32, head.offset ?? 7n, true);
  people.forEach((person, i) => {
    view.setUint16(40 + i * 2, person.x, true);
    view.setUint16(40 + n * 2 + i * 2, person.y, true);
    view.setUint16(40 + n * 4 + i * 2, person.t, true);
    if (person.fan) view.setUint8(fansAt + (i >> 3), view.getUint8(fansAt + (i >> 3)) | (1 << (i & 7)));
  });
  new Uint8Array(buffer).set(tail, fansAt + Math.ceil(n / 8));
  return buffer;
}

/** Two stores: p10 brought p12 and p11, p12 brought p30; p5 brought nobody. */
export const TWO_STORES: readonly MadePerson[] = [
  { x: 30000, y: 32768, t: 0, fan: true, kids: 2, handle: 10 },
  { x: 36000, y: 32768, t: 100, fan: true, kids: 0, handle: 5 },
  { x: 28000, y: 33000, t: 2000, fan: true, kids: 1, handle: 12 },
  { x: 28000, y: 31000, t: 3000, fan: false, kids: 0, handle: 11 },
  { x: 26000, y: 33500, t: 65535, fan: true, kids: 0, handle: 30 },
];
