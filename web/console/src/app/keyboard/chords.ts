/** Keys that follow one another ("g" then "n"), and single keys ("?"). They never fire while somebody is typing. */

export interface Chord {
  keys: readonly string[];
  run: () => void;
}

const PATIENCE_MS = 1200;

/** True while an input method composes: Enter and letters then belong to it, not to us. */
export const isComposing = (event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean =>
  event.isComposing || event.keyCode === 229;

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input, textarea, select, [contenteditable='true'], [role='textbox']") !== null;
}

/** A dialog, a menu or the palette is open: keys belong to it, also Escape, which must not close what lies behind as well. */
export const isCovered = (): boolean =>
  [...document.querySelectorAll<HTMLElement>("[role='dialog'], .ant-dropdown, .ant-popover, .ant-select-dropdown")].some(
    (layer) => layer.getAttribute("aria-hidden") !== "true" && layer.style.display !== "none" && layer.closest(".ant-dropdown-hidden, .ant-popover-hidden, .ant-select-dropdown-hidden, [style*='display: none']") === null,
  );

/** Follows key presses and runs the chord they complete. `now` is in milliseconds. */
export class ChordReader {
  readonly #chords: () => readonly Chord[];
  #typed: string[] = [];
  #lastMs = -Infinity;

  constructor(chords: () => readonly Chord[]) {
    this.#chords = chords;
  }

  /** Returns whether the key was used. */
  press(event: KeyboardEvent, nowMs: number): boolean {
    if (isComposing(event) || isTyping(event.target) || isCovered() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return false;
    if (event.key === "Shift") return false;
    if (nowMs - this.#lastMs > PATIENCE_MS) this.#typed = [];
    this.#lastMs = nowMs;
    this.#typed = [...this.#typed, event.key.length === 1 ? event.key.toLowerCase() : event.key];
    for (let from = 0; from < this.#typed.length; from++) {
      const tail = this.#typed.slice(from);
      const chord = this.#chords().find(({ keys }) => keys.join(" ") === tail.join(" "));
      if (chord) {
        this.#typed = [];
        chord.run();
        return true;
      }
    }
    const longest = Math.max(1, ...this.#chords().map(({ keys }) => keys.length));
    this.#typed = this.#typed.slice(1 - longest || this.#typed.length);
    return false;
  }
}
