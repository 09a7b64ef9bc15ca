import { Button, Skeleton } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { storeWord } from "./refusal";
import styles from "./states.module.css";

/** What went wrong, in words, with what to do about it. */
export function ProblemState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const problem = asProblem(error);
  const known =
    problem.status === 0 ? "unreachable"
    : problem.status === 403 ? "forbidden"
    : problem.status === 404 ? "notFound"
    : storeWord(problem.code);
  const title = known ? t(`common.problem.${known}`) : problem.title;
  const detail = known ? t(`common.problem.${known}Detail`) : problem.detail;
  return (
    <div className={styles.state} role="alert" data-testid="problem">
      <svg width="56" height="56" viewBox="0 0 56 56" aria-hidden="true">
        <circle cx="28" cy="28" r="27" fill="none" stroke="var(--border)" strokeWidth="2" />
        <path d="M28 16v16M28 38.5v.5" stroke="var(--bad)" strokeWidth="4" strokeLinecap="round" />
      </svg>
      <h3>{title || t("common.problem.heading")}</h3>
      {detail && <p>{detail}</p>}
      {problem.request_id && <p className={styles.faint}>{t("common.problem.request", { id: problem.request_id })}</p>}
      {onRetry && <Button onClick={onRetry}>{t("common.action.retry")}</Button>}
    </div>
  );
}

/** Nothing here yet: why, and the one thing to do. */
export function EmptyState({ title, detail, action }: { title: string; detail?: string; action?: ReactNode }) {
  return (
    <div className={styles.state} data-testid="empty">
      <svg width="96" height="72" viewBox="0 0 96 72" aria-hidden="true">
        <path d="M18 58 46 8h44v32Z" fill="var(--accent)" opacity="0.1" />
        <circle cx="18" cy="58" r="8" fill="var(--accent)" opacity="0.9" />
        {[[52, 34], [68, 20], [78, 36], [60, 46], [84, 16]].map(([x, y]) => (
          <circle key={x} cx={x} cy={y} r="3" fill="none" stroke="var(--text-faint)" strokeWidth="1.5" strokeDasharray="2 2" />
        ))}
      </svg>
      <h3>{title}</h3>
      {detail && <p>{detail}</p>}
      {action}
    </div>
  );
}

export function LoadingState({ rows = 6 }: { rows?: number }) {
  return (
    <div className={styles.loading} aria-busy="true">
      <Skeleton active paragraph={{ rows }} />
    </div>
  );
}
