import { useCallback, useEffect, useState } from "preact/hooks";
import { Refused, read } from "../api";
import type { Laid } from "../state";

export type Answers = {
  /** What was asked for, all of it, or nothing yet. */
  data: unknown[] | null;
  missing: boolean;
  failed: boolean;
  /** Asks anew, from the beginning. */
  again: () => void;
  /** Asks anew without a word when that does not work: what is shown stays. */
  look: () => void;
};

const missing = (error: unknown): boolean => error instanceof Refused && error.problem.status === 404;

/** What a page is about: laid in by the server, or asked for when that did not work. */
export function useAnswers(page: Laid): Answers {
  const here = page.answers.length > 0 && page.answers.every((answer) => answer.status === 200);
  const [data, set] = useState<unknown[] | null>(here ? page.answers.map((answer) => answer.body) : null);
  const [state, setState] = useState<"" | "missing" | "failed">(page.answers.some((answer) => answer.status === 404) ? "missing" : "");
  const ask = useCallback((pauses?: number[]) => Promise.all(page.answers.map((answer) => read<unknown>(answer.path, pauses))), [page]);
  const again = useCallback(() => {
    setState("");
    ask().then(set, (error: unknown) => setState(missing(error) ? "missing" : "failed"));
  }, [ask]);
  const look = useCallback(() => { ask([]).then(set, () => {}); }, [ask]);
  useEffect(() => { if (!here && state === "" && page.answers.length) again(); }, []);
  return { data, missing: state === "missing", failed: state === "failed", again, look };
}
