import { useEffect, useState } from "preact/hooks";
import { read } from "../api";
import { t } from "../text";
import type { FanPlay } from "./adapt";

/** A play in a page: what it is called and what there is; nothing while it cannot be had, or when it is not shown. */
export function PlayCard({ workspace, play }: { workspace: number; play: string }) {
  const [said, set] = useState<FanPlay | null>(null);
  const id = encodeURIComponent(play);
  useEffect(() => { read<FanPlay>(`/api/v1/fan/${workspace}/plays/${id}`).then(set, () => {}); }, [id]);
  if (!said) return null;
  return (
    <a class="card to-play" href={`/f/${workspace}/play/${id}`}>
      <span class="entry"><b>{said.name ?? t.kind[said.kind]}</b><small>{said.rewards.map((reward) => reward.name).join(" · ")}</small></span>
      <span class="chevron" aria-hidden="true">›</span>
    </a>
  );
}
