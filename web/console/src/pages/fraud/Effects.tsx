import { useTranslation } from "react-i18next";
import type { RingView } from "@/api/types";
import styles from "./Fraud.module.css";

type Effect = RingView["effects"][number];
type Change = Effect["kocs"][number];

/** Whoever moves when the ring is kept out; who stays is not worth a line. */
export const moved = (kocs: readonly Change[]): Change[] =>
  kocs.filter(({ before, after, reach_before, reach_after, is_out }) => is_out || before !== after || reach_before !== reach_after);

export function Effects({ effects }: { effects: readonly Effect[] }) {
  const { t } = useTranslation();
  const rank = (place: number | null | undefined): string => (place == null ? t("fraud.beyond") : t("fraud.rank", { rank: place }));
  const line = (koc: Change): string => {
    const name = koc.name ?? koc.person;
    return koc.is_out || koc.reach_after == null
      ? t("fraud.kocOut", { name, before: rank(koc.before) })
      : t("fraud.kocMoves", { name, before: rank(koc.before), after: rank(koc.after), reachBefore: koc.reach_before ?? koc.reach_after, reachAfter: koc.reach_after });
  };
  return (
    <ul className={styles.effect} data-testid="ring-effects">
      {effects.map(({ campaign, people, kocs }) => (
        <li key={campaign.id}>
          <strong>{t("fraud.effectPeople", { campaign: campaign.name, count: people })}</strong>
          <ul>
            {moved(kocs).map((koc) => <li key={koc.person}>{line(koc)}</li>)}
            {moved(kocs).length === 0 && <li>{t("fraud.effectNone")}</li>}
          </ul>
        </li>
      ))}
    </ul>
  );
}
