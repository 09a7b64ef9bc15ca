import { useEffect, useRef, useState, type RefObject } from "react";
import { nameOf, type Koc } from "@/api/types";
import type { ThemeName } from "@/app/theme/palette";
import { pictureDrawn } from "@/network/measure";
import type { NetworkModel } from "@/network/model";
import { useReplay } from "@/network/replay/replay";
import type { Insets } from "@/network/stage/camera";
import { Stage } from "@/network/stage/stage";

export interface Hovered {
  index: number;
  x: number;
  y: number;
}

interface Wanted {
  model: NetworkModel | null;
  theme: ThemeName;
  shown: Uint8Array;
  insets: Insets;
  centreName: string;
  kocs: readonly Koc[];
  onPick: (index: number | null) => void;
}

/** Holds a [`Stage`] in `host` and keeps it as the page wants it; only a new picture builds a new one. */
export function useStage(host: RefObject<HTMLDivElement | null>, wanted: Wanted) {
  const { model, theme, shown, insets, centreName, kocs } = wanted;
  const [stage, setStage] = useState<Stage | null>(null);
  const [failed, setFailed] = useState(false);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const latest = useRef(wanted);
  useEffect(() => {
    latest.current = wanted;
  });

  useEffect(() => {
    if (!host.current || !model || model.picture.n === 0) return;
    const now = latest.current;
    let made: Stage;
    try {
      made = new Stage(
        host.current,
        model.picture,
        { names: model.stores.map((store) => store.name), colours: model.stores.map((store) => store.colour) },
        { theme: now.theme, shown: now.shown, centreName: now.centreName, insets: now.insets },
        {
          hover: (index, at) => setHovered(index === null ? null : { index, ...at }),
          pick: (index) => latest.current.onPick(index),
          drawn: pictureDrawn,
        },
      );
    } catch {
      setFailed(true);
      return;
    }
    setStage(made);
    const stopReplay = useReplay.subscribe((replay) => made.setNow(replay.now, replay.now < 1));
    return () => {
      stopReplay();
      setStage(null);
      setHovered(null);
      made.destroy();
    };
  }, [host, model]);

  useEffect(() => stage?.setTheme(theme), [stage, theme]);
  useEffect(() => stage?.setShown(shown), [stage, shown]);
  useEffect(() => stage?.setInsets(insets), [stage, insets]);
  useEffect(() => stage?.setCentreName(centreName), [stage, centreName]);
  useEffect(() => {
    if (!stage || !model) return;
    stage.setKocs(
      kocs.flatMap((koc) => {
        const index = model.indexOf.get(koc.person);
        return index === undefined || index < model.picture.roots ? [] : [{ index, name: nameOf(koc) }];
      }),
    );
  }, [stage, model, kocs]);

  return { stage, failed, hovered };
}
