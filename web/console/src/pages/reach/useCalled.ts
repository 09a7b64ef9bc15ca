import type { PathHop } from "@/api/types";
import { usePreferences } from "@/app/preferences";

/** What somebody on a route is called: their name, their id, or "someone at" their store. */
export function useCalled(): (hop: PathHop) => string {
  const language = usePreferences((state) => state.language);
  return (hop) => hop.someone?.[language] ?? hop.name ?? hop.person ?? "";
}
