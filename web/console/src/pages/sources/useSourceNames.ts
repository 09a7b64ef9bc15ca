import { useQuery } from "@tanstack/react-query";
import { readVolume } from "@/api/sources";

const DAY_MINUTES = 1440;

/** What the sources of the last day are called, by the word that stands in facts. */
export function useSourceNames(): Map<string, string> {
  const day = useQuery({ queryKey: ["facts", "volume", DAY_MINUTES], queryFn: () => readVolume(DAY_MINUTES), staleTime: 60_000 });
  return new Map((day.data ?? []).map((row) => [row.source, row.source_name ?? row.source]));
}
