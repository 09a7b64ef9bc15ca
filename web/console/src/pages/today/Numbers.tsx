import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { Cascade } from "@/api/types";
import { useFormats } from "@/app/format";
import styles from "./TodayPage.module.css";

/** The campaign in six numbers, each with its formula. */
export function Numbers({ cascade }: { cascade: Cascade }) {
  const { t } = useTranslation();
  const format = useFormats();
  const numbers = [
    { name: "people", value: format.count(cascade.people), aside: "" },
    { name: "fans", value: format.count(cascade.fans), aside: t("today.ofPeople", { share: format.share(cascade.fans, cascade.people) }) },
    { name: "visitors", value: format.count(cascade.visitors), aside: t("today.ofPeople", { share: format.share(cascade.visitors, cascade.people) }) },
    { name: "hops", value: format.count(cascade.hops), aside: "" },
    { name: "shareLevels", value: format.count(cascade.share_levels_max), aside: t("today.circlesDeep", { count: cascade.depth_max }) },
    { name: "virality", value: format.decimal(cascade.structural_virality, 2), aside: "" },
  ] as const;
  return (
    <div className={styles.numbers}>
      {numbers.map((number) => (
        <Tooltip key={number.name} title={t(`today.formula.${number.name}`)}>
          <div tabIndex={0} data-testid={`number-${number.name}`} className={number.name === "fans" ? styles.main : undefined}>
            <small>{t(`today.stat.${number.name}`)}</small>
            <strong>{number.value}</strong>
            <em>{number.aside || "\u00a0"}</em>
          </div>
        </Tooltip>
      ))}
    </div>
  );
}
