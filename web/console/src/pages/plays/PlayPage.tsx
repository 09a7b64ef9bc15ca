import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { readPlay } from "@/api/plays";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { EditPlay } from "./EditPlay";
import { playKeys } from "./keys";
import { Room } from "./Room";

/** A draft is written; what runs, or ran, is watched. */
export function PlayPage() {
  const { play: id = "" } = useParams();
  const may = useMay();
  const play = useQuery({ queryKey: playKeys.one(id), queryFn: () => readPlay(id), refetchInterval: ({ state }) => (state.data?.phase === "live" ? 3000 : false) });
  if (play.data) return play.data.phase === "draft" && may("manage_campaigns") ? <EditPlay key={play.data.revision} play={play.data} name={play.data.name} declaration={play.data.declaration} /> : <Room play={play.data} />;
  return play.error ? <ProblemState error={play.error} onRetry={() => void play.refetch()} /> : <LoadingState />;
}
