import type { Declaration } from "@/api/plays";

export const playKeys = {
  all: ["plays"] as const,
  list: ["plays", "list"] as const,
  one: (play: string) => ["plays", "one", play] as const,
  check: (declaration: Declaration) => ["plays", "check", declaration] as const,
  grants: (play: string) => ["plays", "grants", play] as const,
  ledger: (play: string) => ["plays", "ledger", play] as const,
};
