import { useCallback, useEffect, useState } from "preact/hooks";
import { Refused, read } from "../api";
import type { Laid } from "../state";

export type Answer<T> = { data: T | null; missing: boolean; failed: boolean; again: () => void; set: (data: T) => void };

/** What the page is about: laid in by the server, or asked for when that did not work. */
export function useAnswer<T>(page: Laid): Answer<T> {
  const here = page.status === 200;
  const [data, set] = useState<T | null>(here ? (page.body as T) : null);
  const [failed, setFailed] = useState(false);
  const [missing, setMissing] = useState(false);
  const again = useCallback(() => {
    setFailed(false);
    read<T>(page.asked ?? "").then(set, (error: unknown) => {
      if (error instanceof Refused && error.problem.status === 404) setMissing(true);
      else setFailed(true);
    });
  }, [page.asked]);
  useEffect(() => { if (!here && page.asked) again(); }, []);
  return { data, missing, failed, again, set };
}
