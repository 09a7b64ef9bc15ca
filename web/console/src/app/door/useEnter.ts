import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useNavigate } from "react-router";
import type { Session } from "@/api/types";
import { keys } from "../queries";

/** Only paths of this console: never another site's address. */
export const safeNext = (next: string | null): string => (next && /^\/(?![/\\])/.test(next) ? next : "/today");

/** Goes inside with a session that was just opened; what somebody else had read is forgotten. */
export function useEnter(): (session: Session, next?: string | null) => Promise<void> {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useCallback(
    async (session, next = null) => {
      cache.clear();
      cache.setQueryData(keys.session, session);
      await navigate(safeNext(next), { replace: true });
    },
    [cache, navigate],
  );
}
