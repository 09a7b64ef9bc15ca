import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";
import { BrandMark } from "../parts/Brand";
import { LanguageSwitch } from "../shell/LanguageSwitch";
import { Beam } from "./Beam";
import styles from "./Door.module.css";

/** What stands before the console: the lamp on the left, one form on the right. */
export function Door({ title, lead, children }: { title: ReactNode; lead?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={styles.page}>
      <section className={styles.scene} aria-hidden="true">
        <Beam />
        <div className={styles.claim}>
          <h2>{t("signin.claim1")}</h2>
          <p>{t("signin.claim2")}</p>
        </div>
      </section>
      <section className={styles.door}>
        <div className={styles.language}><LanguageSwitch /></div>
        <div className={styles.form}>
          <div className={styles.brand}><BrandMark size={40} /><span>{t("common.brand")}</span></div>
          <h1>{title}</h1>
          <p className={styles.lead}>{lead}</p>
          {children}
        </div>
      </section>
    </div>
  );
}
