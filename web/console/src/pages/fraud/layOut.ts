import type { RingView } from "@/api/types";

export const WIDTH = 700;
const HEIGHT = 420;
const PEOPLE_MAX = 120;
const THINGS_MAX = 40;

interface Spot {
  x: number;
  y: number;
}
export interface Picture {
  height: number;
  people: (Spot & { name: string | null; isHead: boolean })[];
  things: (Spot & { kind: string; label: string })[];
  lines: { from: Spot; to: Spot; kind: string }[];
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Places on an ellipse round the middle, in order. */
function onEllipse(count: number, width: number, height: number): Spot[] {
  return Array.from({ length: count }, (_, place) => {
    const angle = (2 * Math.PI * place) / Math.max(count, 1) - Math.PI / 2;
    return { x: round(WIDTH / 2 + (width / 2) * Math.cos(angle)), y: round(HEIGHT / 2 + (height / 2) * Math.sin(angle)) };
  });
}

/**
 * People stand on the rim in the order of what they share first, so that those of one device stand together; what they
 * share stands on an inner ring. Of a huge ring the first are drawn.
 */
export function layOut(view: RingView): Picture {
  const shared = view.shared.filter(({ people }) => people.length > 0).slice(0, THINGS_MAX);
  const firstOf = new Map<number, number>();
  shared.forEach(({ people }, thing) => people.forEach((place) => firstOf.has(place) || firstOf.set(place, thing)));
  const drawn = [...view.people]
    .sort((a, b) => Number(b.is_head) - Number(a.is_head) || (firstOf.get(a.place) ?? THINGS_MAX) - (firstOf.get(b.place) ?? THINGS_MAX) || a.place - b.place)
    .slice(0, PEOPLE_MAX);
  const rim = onEllipse(drawn.length, WIDTH - 60, HEIGHT - 50);
  const inner = shared.length === 1 ? [{ x: WIDTH / 2, y: HEIGHT / 2 }] : onEllipse(shared.length, WIDTH * 0.5, HEIGHT * 0.5);
  const at = new Map(drawn.map(({ place }, index) => [place, rim[index] as Spot]));
  const lines: Picture["lines"] = [];
  shared.forEach(({ kind, people }, thing) => {
    for (const place of people) {
      const from = at.get(place);
      if (from) lines.push({ from, to: inner[thing] as Spot, kind });
    }
  });
  for (const { place, by } of view.arrivals) {
    const [to, from] = [at.get(place), by == null ? undefined : at.get(by)];
    if (from && to) lines.push({ from, to, kind: "brought" });
  }
  return {
    height: HEIGHT,
    people: drawn.map(({ name, is_head }, index) => ({ ...(rim[index] as Spot), name: name ?? null, isHead: is_head })),
    things: shared.map(({ kind, label, name }, index) => ({ ...(inner[index] as Spot), kind, label: name ?? label })),
    lines,
  };
}
