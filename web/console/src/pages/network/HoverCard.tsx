import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/app/format";
import { usePerson } from "@/app/queries";
import { storeColour, UNKNOWN_COLOUR, type ThemeName } from "@/app/theme/palette";
import type { NetworkModel } from "@/network/model";
import { joinedMs, personId } from "@/network/picture/decode";
import type { Hovered } from "./useStage";
import styles from "./NetworkPage.module.css";

const PATIENCE_MS = 160;

/** What the picture itself knows about the person under the pointer, at once; the name follows when the pointer rests. */
export function HoverCard({ hovered, model, theme, known }: { hovered: Hovered; model: NetworkModel; theme: ThemeName; known: Map<string, string> }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { picture } = model;
  const person = personId(picture, hovered.index);
  const [rested, setRested] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setRested(person), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [person]);
  const details = usePerson(rested === person && !known.has(person) ? person : null);
  const name = known.get(person) ?? ((rested === person && details.data?.name) || person);
  const store = model.stores[picture.root[hovered.index] ?? 0];
  const colour = store?.colour == null ? UNKNOWN_COLOUR[theme] : storeColour(theme, store.colour);
  const circle = picture.circle[hovered.index] ?? 0;
  const reach = picture.reach[hovered.index] ?? 0;
  return (
    <div className={styles.hover} style={{ left: hovered.x, top: hovered.y }} data-testid="hover-card">
      <strong>{name}</strong>
      <span><i style={{ background: colour }} />{store?.name}</span>
      <span>
        {circle === 0 ? t("network.person.circleRoot") : t("network.person.circleN", { n: circle })}
        {" · "}{picture.fan[hovered.index] ? t("network.tooltip.fan") : t("network.tooltip.visitor")}
        {reach > 0 && ` · ${t("network.tooltip.reach", { count: reach })}`}
      </span>
      {picture.out[hovered.index] === 1 && <span style={{ color: "var(--bad)" }}>{t("network.tooltip.out")}</span>}
      <span className={styles.faint}>{t("network.tooltip.joined", { time: format.moment(joinedMs(picture, hovered.index)) })}</span>
    </div>
  );
}
