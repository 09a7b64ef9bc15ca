import { useEffect } from "react";
import { create } from "zustand";

/** Where the replay stands. `now` is 0…1 of the campaign's span; 1 is the present picture. */
interface Replay {
  now: number;
  playing: boolean;
  speed: number;
  toggle: () => void;
  pause: () => void;
  seek: (now: number) => void;
  setSpeed: (speed: number) => void;
  advance: (elapsedMs: number) => void;
  reset: () => void;
}

/** A whole campaign takes this long at speed 1, whatever its length. */
export const WHOLE_MS = 30_000;
export const SPEEDS = [0.5, 1, 2, 4] as const;

export const useReplay = create<Replay>((set) => ({
  now: 1,
  playing: false,
  speed: 1,
  toggle: () =>
    set((state) => {
      if (state.playing) return { playing: false };
      return { playing: true, now: state.now >= 1 ? 0 : state.now };
    }),
  pause: () => set({ playing: false }),
  seek: (now) => set({ now: Math.min(1, Math.max(0, now)), playing: false }),
  setSpeed: (speed) => set({ speed }),
  advance: (elapsedMs) =>
    set((state) => {
      if (!state.playing) return state;
      const now = state.now + (elapsedMs / WHOLE_MS) * state.speed;
      return now >= 1 ? { now: 1, playing: false } : { now };
    }),
  reset: () => set({ now: 1, playing: false }),
}));

/** Moves the replay along with the screen's frames while it plays. */
export function useReplayClock(): void {
  const playing = useReplay((state) => state.playing);
  useEffect(() => {
    if (!playing) return;
    let last: number | null = null;
    let frame = requestAnimationFrame(function step(at) {
      // A frame may come late on a slow machine; the replay then skips on rather than slowing down.
      if (last !== null) useReplay.getState().advance(Math.min(500, at - last));
      last = at;
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing]);
}
