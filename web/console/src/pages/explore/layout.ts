import type { EgoPerson, EgoView } from "@/api/types";

/** A person with a place; the centre is at 0,0 and a circle is one wide. */
export interface Placed {
  person: EgoPerson;
  x: number;
  y: number;
  /** Radius of the dot, in pixels at no zoom. */
  size: number;
}

/** Circles a person's children share by how many people hang on each, so that branches do not cross. */
export function place(view: EgoView): Placed[] {
  const children = new Map<string, number[]>();
  const weight = new Array<number>(view.people.length).fill(1);
  view.people.forEach((person, index) => {
    if (person.circle === 0) return;
    const siblings = children.get(person.through);
    if (siblings) siblings.push(index);
    else children.set(person.through, [index]);
  });
  // Later circles come later in the list, so one pass from the end adds everybody up.
  for (let index = view.people.length - 1; index > 0; index--) {
    const below = children.get(view.people[index]?.person ?? "") ?? [];
    if (below.length > 0) weight[index] = below.reduce((sum, child) => sum + (weight[child] ?? 1), 0);
  }
  const placed: Placed[] = [];
  const spread = (index: number, from: number, to: number): void => {
    const person = view.people[index];
    if (!person) return;
    const angle = (from + to) / 2 - Math.PI / 2;
    placed[index] = { person, x: Math.cos(angle) * person.circle, y: Math.sin(angle) * person.circle, size: sizeOf(person) };
    const below = children.get(person.person) ?? [];
    const whole = below.reduce((sum, child) => sum + (weight[child] ?? 1), 0);
    let begin = from;
    for (const child of below) {
      const end = begin + ((to - from) * (weight[child] ?? 1)) / whole;
      spread(child, begin, end);
      begin = end;
    }
  };
  spread(0, 0, Math.PI * 2);
  return placed.filter(Boolean);
}

/** Dots grow with reach. */
export const sizeOf = (person: EgoPerson): number => (person.circle === 0 ? 13 : 4 + Math.min(7, Math.log2(person.reach + 1) * 0.8));
