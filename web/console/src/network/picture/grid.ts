import type { Picture } from "./decode";

const CELLS = 256;
const CELL_STEPS = 65536 / CELLS;

/** People sorted into 256 × 256 cells, so that the one under the pointer is found without asking the GPU. */
export class Grid {
  readonly #picture: Picture;
  readonly #start: Uint32Array;
  readonly #people: Uint32Array;

  constructor(picture: Picture) {
    this.#picture = picture;
    const cellOf = (i: number): number => (picture.y[i]! >> 8) * CELLS + (picture.x[i]! >> 8);
    this.#start = new Uint32Array(CELLS * CELLS + 1);
    for (let i = 0; i < picture.n; i++) this.#start[cellOf(i) + 1]!++;
    for (let cell = 0; cell < CELLS * CELLS; cell++) this.#start[cell + 1]! += this.#start[cell]!;
    this.#people = new Uint32Array(picture.n);
    const fill = this.#start.slice();
    for (let i = 0; i < picture.n; i++) this.#people[fill[cellOf(i)]!++] = i;
  }

  /**
   * The best person within `reach` steps of (x, y): nearest first, after `bonus(i)` steps are taken off the
   * distance (landmarks are drawn larger, so they are hit from further away). `alive` leaves out who is not drawn.
   */
  nearest(x: number, y: number, reach: number, alive: (i: number) => boolean, bonus: (i: number) => number): number | null {
    const first = (v: number): number => Math.max(0, Math.floor((v - reach) / CELL_STEPS));
    const last = (v: number): number => Math.min(CELLS - 1, Math.floor((v + reach) / CELL_STEPS));
    let best: number | null = null;
    let bestDistance = Infinity;
    for (let row = first(y); row <= last(y); row++) {
      const from = this.#start[row * CELLS + first(x)]!;
      const to = this.#start[row * CELLS + last(x) + 1]!;
      for (let at = from; at < to; at++) {
        const i = this.#people[at]!;
        const raw = Math.hypot(this.#picture.x[i]! - x, this.#picture.y[i]! - y);
        if (raw > reach) continue;
        const extra = bonus(i);
        const distance = raw - extra;
        if (distance < bestDistance && alive(i)) {
          best = i;
          bestDistance = distance;
        }
      }
    }
    return best;
  }
}
