import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { listStudies, readStudy, removeStudy, type StudyKind, type StudyRow } from "@/api/studies";
import { useUrlState } from "@/app/parts/useUrlState";

const POLL_MS = 700;

const underWay = (state: string | undefined): boolean => state === "waiting" || state === "running";

/** The chosen study, kept in the URL: it can be left, linked to and found again; while it is under way it is asked again. */
export function useStudy(kind: StudyKind) {
  const [chosen, choose] = useUrlState("study");
  const cache = useQueryClient();
  const list = useQuery({
    queryKey: ["studies", kind],
    queryFn: () => listStudies(kind),
    refetchInterval: (query) => (query.state.data?.some((study) => underWay(study.state)) ? POLL_MS * 3 : false),
  });
  const study = useQuery({
    queryKey: ["study", chosen],
    queryFn: () => readStudy(chosen ?? ""),
    enabled: chosen !== null,
    refetchInterval: (query) => (underWay(query.state.data?.state) ? POLL_MS : false),
  });
  const renew = () => cache.invalidateQueries({ queryKey: ["studies", kind] });
  const remove = useMutation({
    mutationFn: removeStudy,
    onSuccess: async () => {
      choose(null);
      await renew();
    },
  });
  const begun = async (row: StudyRow) => {
    await renew();
    choose(row.id);
  };
  return { chosen, choose, list, study, remove, begun };
}

export const isPersonId = (text: string | undefined): boolean => /^p\d+$/.test((text ?? "").trim());

/** "p1, p2 p3" as ids; null with the first word that is none. */
export function idsOf(text: string): { ids: string[]; wrong: string | null } {
  const ids = text.split(/[\s,，;；、]+/).filter(Boolean);
  return { ids, wrong: ids.find((id) => !isPersonId(id)) ?? null };
}
