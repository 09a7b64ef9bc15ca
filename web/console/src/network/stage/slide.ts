/** How the picture stands on the stage: where its middle is in pixels, how near, and how large the stage. */
export interface SlideView {
  x: number;
  y: number;
  ratio: number;
  width: number;
  height: number;
}

/** A hand that rests so long is done for now. */
const REST_MS = 140;
/** Pushed further than this part of the stage, what was drawn is no longer enough. */
const FAR = 0.3;

/**
 * Without a GPU a crowd of sixty thousand takes too long to draw for every frame. While the picture is only pushed about, its
 * layers are moved as they are, and drawn anew when the hand rests or has pushed them far.
 */
export class Slide {
  readonly #layers: readonly HTMLElement[];
  readonly #draw: () => void;
  #drawn: SlideView | null = null;
  #last: SlideView | null = null;
  #rest: ReturnType<typeof setTimeout> | null = null;

  constructor(layers: readonly HTMLElement[], draw: () => void) {
    this.#layers = layers;
    this.#draw = draw;
  }

  /** The layers show this view now. */
  drawn(view: SlideView): void {
    this.stop();
    this.#drawn = view;
    this.#last = view;
    for (const layer of this.#layers) layer.style.transform = "";
  }

  /** Whether moving the layers is enough for this view. A view that stands still has changed in another way: it is drawn. */
  follows(view: SlideView): boolean {
    const [drawn, last] = [this.#drawn, this.#last];
    this.#last = view;
    if (!drawn || !last) return false;
    const alike = view.ratio === drawn.ratio && view.width === drawn.width && view.height === drawn.height;
    const moved = view.x !== last.x || view.y !== last.y;
    const [right, down] = [view.x - drawn.x, view.y - drawn.y];
    if (!alike || !moved || Math.abs(right) > view.width * FAR || Math.abs(down) > view.height * FAR) return false;
    for (const layer of this.#layers) layer.style.transform = `translate(${right}px, ${down}px)`;
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = setTimeout(this.#draw, REST_MS);
    return true;
  }

  stop(): void {
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = null;
  }
}
