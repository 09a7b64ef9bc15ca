import type { Rule } from "@/api/audience";

/** Where answers about the audience are kept, so that pages share them. */
export const audienceKeys = {
  vocabulary: ["audience", "vocabulary"] as const,
  segments: (q: string) => ["audience", "segments", q] as const,
  everySegments: ["audience", "segments"] as const,
  segment: (segment: string) => ["audience", "segment", segment] as const,
  people: (segment: string, limit: number) => ["audience", "segment", segment, "people", limit] as const,
  sizes: (segment: string, days: number) => ["audience", "segment", segment, "sizes", days] as const,
  why: (segment: string, person: string) => ["audience", "segment", segment, "why", person] as const,
  overlap: (segments: readonly string[]) => ["audience", "overlap", ...segments] as const,
  preview: (rule: Rule | null, sample: number) => ["audience", "preview", rule, sample] as const,
  tags: ["audience", "tags"] as const,
  traits: ["audience", "traits"] as const,
  person: (person: string) => ["audience", "person", person] as const,
};
