import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { previewRule, type Preview } from "@/api/audience";
import { asProblem } from "@/api/problem";
import { audienceKeys } from "../keys";
import { compile, nodeAt, type Compiled, type GroupDraft } from "./draft";

const PATIENCE_MS = 250;
const SAMPLE = 8;

export interface Previewed extends Compiled {
  preview: Preview | undefined;
  /** What is shown is of a rule before. */
  stale: boolean;
  error: unknown;
  refetch: () => void;
  /** What the server does not take, by node. */
  refused: ReadonlyMap<string, string>;
}

/** Who a draft would take in, asked a moment after the last change; the answer before stays until the next is there. */
export function usePreview(draft: GroupDraft, enabled = true): Previewed {
  const compiled = useMemo(() => compile(draft), [draft]);
  const wanted = JSON.stringify(compiled.rule);
  const [settled, setSettled] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(wanted), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const rule = useMemo(() => JSON.parse(settled) as Compiled["rule"], [settled]);
  const query = useQuery({
    queryKey: audienceKeys.preview(rule, SAMPLE),
    queryFn: ({ signal }) => previewRule(rule, SAMPLE, signal),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    enabled,
  });
  const refused = useMemo(() => refusals(compiled, settled === wanted ? query.error : null), [compiled, query.error, settled, wanted]);
  return { ...compiled, preview: query.data, stale: settled !== wanted || query.isPlaceholderData, error: query.error, refetch: () => void query.refetch(), refused };
}

/** What an error says of conditions, at the nodes they are. */
export function refusals({ places }: Compiled, error: unknown): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (const { field, message } of error ? (asProblem(error).errors ?? []) : []) {
    const key = field === undefined ? null : nodeAt(places, field);
    if (key !== null) said.set(key, message);
  }
  return said;
}
