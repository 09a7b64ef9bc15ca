import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useNavigate } from "react-router";
import { signOut } from "@/api/session";

/** Ends the session, forgets what it had read, and goes to the door. */
export function useSignOut(): () => Promise<void> {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useCallback(async () => {
    try {
      await signOut();
    } finally {
      await navigate("/signin", { replace: true });
      cache.clear();
    }
  }, [cache, navigate]);
}
