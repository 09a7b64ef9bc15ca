/** Times of the first drawing, for the browser tests and for anybody who asks the console. */
export interface Measured {
  pictureReceivedMs: number | null;
  pictureDrawnMs: number | null;
  /** From the answer's last byte to pixels. */
  pictureTookMs: number | null;
  people: number;
}

declare global {
  interface Window {
    __searchlight?: Measured;
  }
}

const measured = (): Measured =>
  (window.__searchlight ??= { pictureReceivedMs: null, pictureDrawnMs: null, pictureTookMs: null, people: 0 });

export function pictureReceived(people: number): void {
  performance.mark("picture-received");
  Object.assign(measured(), { pictureReceivedMs: performance.now(), pictureDrawnMs: null, pictureTookMs: null, people });
}

export function pictureDrawn(): void {
  performance.mark("picture-drawn");
  const all = measured();
  all.pictureDrawnMs = performance.now();
  if (all.pictureReceivedMs !== null) all.pictureTookMs = all.pictureDrawnMs - all.pictureReceivedMs;
}
