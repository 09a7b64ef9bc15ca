import { Button } from "antd";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Festival } from "@/api/reminders";
import { NEW, type RuleDraft } from "./draft";
import styles from "./Reminders.module.css";

const SAMPLES = ["repurchase", "birthday", "festival"] as const;
export const FESTIVALS = [
  "new_year", "laba", "new_years_eve", "spring", "lantern", "valentines", "women", "qingming", "labour", "mothers",
  "children", "dragon_boat", "fathers", "qixi", "teachers", "mid_autumn", "national", "double_ninth", "double_eleven", "christmas",
] as const satisfies readonly Festival[];

/** What a new rule begins with: a sample, a festival, or nothing yet. */
export function beginning(t: TFunction, sample: string | null): RuleDraft {
  const festival = FESTIVALS.find((each) => each === sample);
  if (festival) return { ...NEW, kind: "festival", festival, name: t(`reminders.festival.${festival}`), script: t("reminders.sample.festival.script") };
  const known = SAMPLES.find((each) => each === sample);
  if (!known) return NEW;
  const draft = { ...NEW, name: t(`reminders.sample.${known}.name`), script: t(`reminders.sample.${known}.script`) };
  if (known === "birthday") return { ...draft, kind: "birthday", daysBefore: 0 };
  if (known === "festival") return { ...draft, kind: "festival", festival: "spring", audience: "members", daysBefore: 1 };
  return { ...draft, kind: "after", fact: { event: "Order Paid", filters: [{ property: "items.name", test: "contains", value: t("reminders.sample.repurchase.product") }] }, wait: { count: 3, unit: "month" } };
}

/** Ready rules to begin with: each opens in the form, where it can be changed or thrown away. */
export function Samples({ onBegin }: { onBegin: (sample: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.samples} data-testid="rule-samples">
      {SAMPLES.map((sample) => (
        <Button key={sample} onClick={() => onBegin(sample)} data-testid={`sample-${sample}`}>{t(`reminders.sample.${sample}.label`)}</Button>
      ))}
    </div>
  );
}
