import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled } from "@ant-design/icons";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import type { GuardReport, PlayCheck } from "@/api/plays";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { usePreferences } from "@/app/preferences";
import styles from "./Plays.module.css";

const ICONS = {
  refused: <CloseCircleFilled className={styles.bad ?? ""} />,
  heed: <ExclamationCircleFilled className={styles.warn ?? ""} />,
  kept: <CheckCircleFilled className={styles.good ?? ""} />,
} as const;

/** What law and channel say, rule by rule; of what is refused, what would be allowed. */
export function GuardPanel({ guard, flaws = [], stale = false }: { guard: GuardReport; flaws?: PlayCheck["flaws"]; stale?: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const refused = guard.rulings.filter(({ verdict }) => verdict === "refused").length;
  return (
    <Panel title={t("plays.guard.title")}>
      <div className={stale ? styles.stale : undefined} aria-busy={stale}>
        {flaws.length > 0 && (
          <Alert type="error" showIcon className={styles.note ?? ""} title={t("plays.guard.flaws")} data-testid="play-flaws"
            description={<ul className={styles.flaws}>{flaws.map((flaw, index) => <li key={index}><code>{flaw.field}</code> {flaw.message}</li>)}</ul>} />
        )}
        <Alert type={guard.may_run ? "success" : "error"} showIcon className={styles.note ?? ""} data-testid="guard-verdict"
          title={guard.may_run ? t("plays.guard.mayRun") : t("plays.guard.refused", { count: refused })} />
        <ul className={styles.rules} data-testid="guard-rules">
          {guard.rulings.map((ruling) => (
            <li key={ruling.code} data-verdict={ruling.verdict} data-testid={`rule-${ruling.code}`}>
              {ICONS[ruling.verdict]}
              <div>
                <strong>{ruling.name[language]}</strong>
                {ruling.verdict !== "kept" && <p>{ruling.verdict === "refused" && <b>{t("plays.guard.lawful")}</b>}{ruling.lawful[language]}</p>}
              </div>
            </li>
          ))}
        </ul>
        <p className={styles.faint}>{t("plays.guard.cost", { worst: format.money(guard.cost.worst_fen), budget: format.money(guard.cost.budget_fen), count: guard.cost.rewards })}</p>
        <p className={styles.faint}>{t("plays.guard.counsel")}</p>
      </div>
    </Panel>
  );
}
