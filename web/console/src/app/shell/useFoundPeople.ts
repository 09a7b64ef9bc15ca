import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { findPeople } from "@/api/people";
import type { PersonRow } from "@/api/types";
import { keys } from "../queries";

const SHOWN = 6;
const PATIENCE_MS = 150;
const NOBODY: PersonRow[] = [];

/** People who answer what is typed, a moment after the last key; nobody while nothing is typed. */
export function useFoundPeople(typed: string): PersonRow[] {
  const text = typed.trim();
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const found = useQuery({
    queryKey: keys.people({ q: asked }, SHOWN),
    queryFn: ({ signal }) => findPeople({ q: asked }, null, SHOWN, signal),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
  });
  return text === "" || asked === "" ? NOBODY : (found.data?.items ?? NOBODY);
}
