import { useTranslation } from "react-i18next";
import type { RingList } from "@/api/types";
import { Panel } from "@/app/parts/PageLayout";
import { usePreferences } from "@/app/preferences";
import { isOf, SIGNS } from "./filters";
import styles from "./Fraud.module.css";

/** What is looked for, from where on, and what it weighs. */
export function Rules({ list }: { list: RingList }) {
  const { t } = useTranslation();
  const language = usePreferences((state) => state.language);
  return (
    <Panel title={t("fraud.rules")}>
      <p className={styles.note}>{t("fraud.rulesNote", { score: list.score_min })}</p>
      <ul className={styles.rules} data-testid="rings-rules">
        {list.signs.map(({ sign, weight, rule }) => (
          <li key={sign}>
            <strong>{isOf(SIGNS, sign) ? t(`fraud.sign.${sign}`) : sign}<small>{t("fraud.weight", { weight })}</small></strong>
            <span>{rule[language]}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
