import { useCallback, useMemo } from "react";
import { useUrlState } from "@/app/parts/useUrlState";
import type { Store } from "@/network/model";

/** Which stores are lit, kept in the URL as the list of those that are not: `?hide=p3,p9`. */
export function useShownStores(stores: readonly Store[], all: readonly Store[]) {
  const [hidden, setHidden] = useUrlState("hide");
  const hiddenSet = useMemo(() => new Set(hidden?.split(",").filter(Boolean)), [hidden]);
  const shown = useMemo(() => Uint8Array.from(stores, (store) => (hiddenSet.has(store.person) ? 0 : 1)), [stores, hiddenSet]);
  const write = useCallback(
    (set: Iterable<string>) => {
      const list = [...set];
      setHidden(list.length === 0 ? null : list.join(","));
    },
    [setHidden],
  );

  const toggle = useCallback(
    (person: string) => {
      const next = new Set(hiddenSet);
      if (!next.delete(person)) next.add(person);
      write(next);
    },
    [hiddenSet, write],
  );
  /** One alone; asked again for the same one, all come back. */
  const solo = useCallback(
    (person: string) => {
      const others = all.map((store) => store.person).filter((other) => other !== person);
      const already = !hiddenSet.has(person) && others.every((other) => hiddenSet.has(other));
      write(already ? [] : others);
    },
    [all, hiddenSet, write],
  );
  const showAll = useCallback(() => write([]), [write]);
  const hideAll = useCallback(() => write(all.map((store) => store.person)), [all, write]);
  return { shown, isShown: (person: string) => !hiddenSet.has(person), toggle, solo, showAll, hideAll };
}
