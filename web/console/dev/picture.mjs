import { place } from "./layout.mjs";

/** Writes the "SLP2" binary of the people given (breadth first, parents as indexes into the same list). */
export function encodePicture(people, startMs, spanMs, offset) {
  const { x, y } = place(people);
  const n = people.length;
  const far = Math.max(1, ...x.map(Math.abs), ...y.map(Math.abs)) * 1.02;
  const scale = far / 32767;
  const bytes = [];
  const varint = (value) => {
    while (value >= 128) {
      bytes.push((value % 128) | 128);
      value = Math.floor(value / 128);
    }
    bytes.push(value);
  };
  for (const person of people) varint(person.kids);
  let last = 0;
  for (const { handle } of people) {
    const step = handle - last;
    varint(step >= 0 ? step * 2 : -step * 2 - 1);
    last = handle;
  }
  varint(0); // everybody counts
  const head = 40 + n * 6;
  const out = Buffer.alloc(head + Math.ceil(n / 8) + bytes.length);
  out.write("SLP2", 0, "latin1");
  out.writeUInt32LE(n, 4);
  out.writeUInt32LE(people.filter((p) => p.parent < 0).length, 8);
  out.writeFloatLE(scale, 12);
  out.writeBigInt64LE(BigInt(Math.round(startMs)) * 1000n, 16);
  out.writeBigInt64LE(BigInt(Math.round(spanMs)) * 1000n, 24);
  out.writeBigUInt64LE(BigInt(offset), 32);
  people.forEach((person, i) => {
    out.writeUInt16LE(32768 + Math.round(x[i] / scale), 40 + i * 2);
    out.writeUInt16LE(32768 + Math.round(y[i] / scale), 40 + n * 2 + i * 2);
    out.writeUInt16LE(Math.round(((person.ms - startMs) / spanMs) * 65535), 40 + n * 4 + i * 2);
    if (person.fan) out[head + (i >> 3)] |= 1 << (i & 7);
  });
  Buffer.from(bytes).copy(out, head + Math.ceil(n / 8));
  return out;
}
