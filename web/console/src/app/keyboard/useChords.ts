import { useEffect, useRef } from "react";
import { ChordReader, type Chord } from "./chords";

/** Listens on the whole window while mounted; the newest `chords` always hold. */
export function useChords(chords: readonly Chord[]): void {
  const latest = useRef(chords);
  useEffect(() => {
    latest.current = chords;
  });
  useEffect(() => {
    const reader = new ChordReader(() => latest.current);
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      if (reader.press(event, event.timeStamp)) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
