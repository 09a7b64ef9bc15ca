import { useEffect, useState } from "preact/hooks";
import { laid } from "../state";

/** How far this phone's clock is from the server's: a countdown on a phone that is wrong by hours is right. */
const offset = (() => {
  const told = laid().now;
  return told ? told - Date.now() : 0;
})();

export const now = (): number => Date.now() + offset;

/** The present, anew every second, while somebody looks. */
export function useNow(): number {
  const [at, set] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => { if (document.visibilityState === "visible") set(now()); }, 1000);
    return () => clearInterval(timer);
  }, []);
  return at;
}

/** Calls while somebody looks, with so many milliseconds between, and at once when they come back. */
export function useWhileLooking(call: () => void, every: number, on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const look = (): void => { if (document.visibilityState === "visible") call(); };
    const timer = setInterval(look, every);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [call, every, on]);
}
