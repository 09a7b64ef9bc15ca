import { App } from "antd";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { Cascade } from "@/api/types";
import { useFormats } from "@/app/format";
import type { ThemeName } from "@/app/theme/palette";
import { COLOURS } from "@/app/theme/tokens";
import { download, drawSheet, SHEET_SCALE } from "@/network/exportPicture";
import type { Store } from "@/network/model";
import type { Picture } from "@/network/picture/decode";
import { useReplay } from "@/network/replay/replay";
import type { Stage } from "@/network/stage/stage";

interface Wanted {
  stage: Stage | null;
  host: RefObject<HTMLDivElement | null>;
  cascade: Cascade | undefined;
  stores: readonly Store[];
  isShown: (person: string) => boolean;
  colourOf: (person: string) => string;
  theme: ThemeName;
  picture: Picture | null;
}

/** Exports what is on the stage now (stores, moment, camera) as a PNG with its legend. */
export function useSheet(wanted: Wanted): () => void {
  const { t } = useTranslation();
  const format = useFormats();
  const { message } = App.useApp();
  return () => {
    const { stage, host, cascade, picture } = wanted;
    if (!stage || !host.current || !cascade || !picture) return;
    const moment = picture.startMs + useReplay.getState().now * picture.spanMs;
    const numbers = [
      `${format.count(cascade.people)} ${t("network.numbers.people")}`,
      `${format.count(cascade.fans)} ${t("network.numbers.fans")}`,
      `${cascade.share_levels_max} ${t("network.numbers.levels")}`,
    ];
    drawSheet({
      stage: stage.snapshot(SHEET_SCALE),
      width: host.current.clientWidth,
      height: host.current.clientHeight,
      title: t("network.export.title", { campaign: cascade.campaign.name }),
      subtitle: numbers.join("  ·  "),
      time: format.moment(moment),
      by: t("network.export.by"),
      legend: wanted.stores
        .filter((store) => wanted.isShown(store.person))
        .map((store) => ({ name: store.name, value: format.count(store.root?.fans ?? 0), colour: wanted.colourOf(store.person) })),
      colours: COLOURS[wanted.theme],
    }).then(
      (blob) => download(blob, `${cascade.campaign.id}-${new Date(moment).toISOString().slice(0, 16).replace(":", "")}.png`),
      () => void message.error(t("network.export.failed")),
    );
  };
}
