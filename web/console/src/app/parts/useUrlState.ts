import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** Sets several words of the page's state at once (null removes one). Two calls in one go would lose the first. */
export function usePatchUrl(): (patch: Record<string, string | null>) => void {
  const [, setParams] = useSearchParams();
  return useCallback(
    (patch) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [key, value] of Object.entries(patch)) {
            if (value === null || value === "") after.delete(key);
            else after.set(key, value);
          }
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
}

/** One word of the page's state kept in the URL. Changes replace the entry, so "back" leaves the page. */
export function useUrlState(key: string): [string | null, (value: string | null) => void] {
  const [params] = useSearchParams();
  const patch = usePatchUrl();
  const set = useCallback((value: string | null) => patch({ [key]: value }), [key, patch]);
  return [params.get(key), set];
}
