import type { OverlapList } from "@/api/lights";

export interface Disc {
  x: number;
  y: number;
  r: number;
}

export interface Water {
  discs: Disc[];
  /** Where people in the dark are drawn. */
  dark: { x: number; y: number }[];
  width: number;
  height: number;
}

const STEPS = 220;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));
/** Dots that still read as dots. */
const DARK_MAX = 500;

/** The same numbers for the same place, so that nothing jumps from one drawing to the next. */
const scatter = (seed: number): number => {
  const value = Math.sin(seed * 127.1 + 311.7) * 43_758.5453;
  return value - Math.floor(value);
};

/**
 * Discs as large as the people each light reaches, laid out so that lights which reach the same people lie over one another
 * by the share they have in common, and others do not touch. Springs between all pairs, from the same start every time.
 */
export function layWater(people: readonly number[], pairs: OverlapList["pairs"], dark: number, width: number, height: number): Water {
  const total = people.reduce((sum, each) => sum + each, 0) || 1;
  // Discs would fill two fifths of the water if none lay over another.
  const scale = Math.sqrt((width * height * 0.42) / (Math.PI * total));
  const most = Math.min(width, height) * 0.3;
  const discs: Disc[] = people.map((each, at) => {
    const r = Math.min(most, Math.max(4, Math.sqrt(each) * scale));
    const far = Math.sqrt(at / Math.max(1, people.length)) * Math.min(width, height) * 0.5;
    return { x: width / 2 + Math.cos(at * GOLDEN) * far * (width / height), y: height / 2 + Math.sin(at * GOLDEN) * far, r };
  });
  const shared = new Map<number, number>();
  for (const { a, b, both } of pairs) shared.set(a * people.length + b, both / Math.max(1, Math.min(people[a] ?? 1, people[b] ?? 1)));
  for (let step = 0; step < STEPS; step++) relax(discs, shared, width, height, 1 - step / STEPS);
  return { discs, dark: darkDots(discs, Math.min(dark, DARK_MAX), width, height), width, height };
}

/** Room a name of so many characters takes, a count below it. */
const LETTER = 13;
const NAME_TALL = 34;

/** Which discs have room for their name: the larger first, none over another's. */
export function roomForNames(discs: readonly Disc[], names: readonly string[]): boolean[] {
  const taken: { x: number; y: number; half: number }[] = [];
  const room = discs.map(() => false);
  const order = discs.map((_, at) => at).sort((a, b) => (discs[b]?.r ?? 0) - (discs[a]?.r ?? 0));
  for (const at of order) {
    const disc = discs[at];
    const half = ((names[at]?.length ?? 0) * LETTER) / 2;
    if (!disc || disc.r * 1.3 < half) continue;
    if (taken.some((other) => Math.abs(other.x - disc.x) < other.half + half + 4 && Math.abs(other.y - disc.y) < NAME_TALL)) continue;
    taken.push({ x: disc.x, y: disc.y, half });
    room[at] = true;
  }
  return room;
}

function relax(discs: Disc[], shared: Map<number, number>, width: number, height: number, heat: number): void {
  discs.forEach((a, i) => {
    for (let j = i + 1; j < discs.length; j++) {
      const b = discs[j] as Disc;
      const common = shared.get(i * discs.length + j) ?? 0;
      const dx = b.x - a.x || 0.01;
      const dy = b.y - a.y || 0.01;
      const apart = Math.hypot(dx, dy);
      const wanted = common > 0 ? Math.abs(a.r - b.r) * common + (a.r + b.r) * (1 - common) * 0.98 : (a.r + b.r) * 1.04 + 3;
      // Who shares nothing only has to keep off; who shares much is pulled.
      const pull = apart < wanted ? 0.5 : common * 0.4 * heat;
      const move = ((apart - wanted) / apart) * pull * 0.5;
      a.x += dx * move;
      a.y += dy * move;
      b.x -= dx * move;
      b.y -= dy * move;
    }
  });
  for (const disc of discs) {
    disc.x += (width / 2 - disc.x) * 0.004 * heat;
    disc.y += (height / 2 - disc.y) * 0.02 * heat;
    disc.x = Math.min(width - disc.r - 6, Math.max(disc.r + 6, disc.x));
    disc.y = Math.min(height - disc.r - 6, Math.max(disc.r + 6, disc.y));
  }
}

function darkDots(discs: Disc[], count: number, width: number, height: number): { x: number; y: number }[] {
  const dots: { x: number; y: number }[] = [];
  for (let tried = 0; dots.length < count && tried < count * 12; tried++) {
    const dot = { x: scatter(tried) * width, y: scatter(tried + 0.5) * height };
    if (!discs.some((disc) => Math.hypot(disc.x - dot.x, disc.y - dot.y) < disc.r + 2)) dots.push(dot);
  }
  return dots;
}
