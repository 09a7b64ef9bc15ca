import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { listSegments, readVocabulary, type Segment, type Vocabulary } from "@/api/audience";
import { useFormats } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { audienceKeys } from "./keys";
import { eventName } from "./rule/events";
import type { Speech } from "./rule/words";

export const useVocabulary = () => useQuery({ queryKey: audienceKeys.vocabulary, queryFn: readVocabulary, staleTime: 60_000 });

export const useSegments = (q = "") => useQuery({ queryKey: audienceKeys.segments(q), queryFn: ({ signal }) => listSegments(q, signal), staleTime: 10_000 });

export interface Known {
  vocabulary: Vocabulary;
  segments: Segment[];
}

const NOTHING: Vocabulary = { events: [], cities: [], traits: [], tags: [], measures: [] };

/** What a rule can name, and what to call it. */
export function useSpeech(): Speech & Known {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const vocabulary = useVocabulary().data ?? NOTHING;
  const listed = useSegments().data;
  return useMemo(() => {
    const tags = new Map(vocabulary.tags.map((tag) => [tag.tag, tag.name]));
    const traits = new Map(vocabulary.traits.map((each) => [each.name, each]));
    const segments = new Map((listed?.items ?? []).map((each) => [each.segment, each.name]));
    const names = {
      event: (event: string) => eventName(t, event),
      tag: (tag: string) => tags.get(tag) ?? tag,
      segment: (segment: string) => segments.get(segment) ?? segment,
      trait: (name: string) => traits.get(name),
      traitName: (name: string) => traits.get(name)?.[language] ?? name,
    };
    return { t, format, names, vocabulary, segments: listed?.items ?? [] };
  }, [t, format, language, vocabulary, listed]);
}
