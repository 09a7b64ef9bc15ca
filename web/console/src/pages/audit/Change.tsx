import { useTranslation } from "react-i18next";
import type { AuditEntry } from "@/api/types";
import styles from "./Change.module.css";

/** How something was and how it is, beside each other. */
export function Change({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const side = (words: string, value: unknown) => (
    <div>
      <h4>{words}</h4>
      {value == null ? <p>{t("audit.nothing")}</p> : <pre>{JSON.stringify(value, null, 2)}</pre>}
    </div>
  );
  return (
    <div className={styles.change} data-testid="audit-change">
      {side(t("audit.before"), entry.before)}
      {side(t("audit.after"), entry.after)}
      {entry.request_id && <small>{t("common.problem.request", { id: entry.request_id })}</small>}
    </div>
  );
}
