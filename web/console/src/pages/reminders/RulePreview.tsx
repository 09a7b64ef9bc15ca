import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { previewReminderRule, type NewReminderRule, type ReminderPreview } from "@/api/reminders";
import { asProblem } from "@/api/problem";
import { nameOf } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { ProblemState } from "@/app/parts/states";
import { usePreferences } from "@/app/preferences";
import { useSettled } from "../audience/useSettled";
import { previewOf, type RuleDraft } from "./draft";
import { reminderKeys } from "./keys";
import { termsWords } from "./words";
import styles from "./Reminders.module.css";

const DAY_MS = 86_400_000;
const NEVER = "{}";

/** Whom the rule would remind of in the coming days, and when, while it is written. */
export function RulePreview({ draft }: { draft: RuleDraft }) {
  const { t } = useTranslation();
  const refusal = useRefusal();
  const body = previewOf(draft);
  // As text: a body is made anew with every key, and what says the same is asked once.
  const text = body ? JSON.stringify(body) : NEVER;
  const settled = useSettled(text);
  const asked = settled === NEVER ? null : (JSON.parse(settled) as NewReminderRule);
  const preview = useQuery({
    queryKey: reminderKeys.preview(asked as NewReminderRule),
    queryFn: ({ signal }) => previewReminderRule(asked as NewReminderRule, signal),
    enabled: asked !== null, placeholderData: keepPreviousData, retry: false,
  });
  const stale = preview.isPlaceholderData || settled !== text;
  const refused = preview.error !== null && asProblem(preview.error).status === 422;
  return (
    <Panel title={t("reminders.preview.title")} className={styles.preview ?? ""}>
      {body && <p className={styles.read} data-testid="rule-preview-words">{termsWords(t, body.terms, draft.at)}</p>}
      {!body && <p className={styles.faint}>{t("reminders.preview.unfinished")}</p>}
      {refused && <p role="alert" className={styles.refused}>{refusal(preview.error)}</p>}
      {preview.error && !refused ? <ProblemState error={preview.error} onRetry={() => void preview.refetch()} /> : null}
      {body && !preview.data && !preview.error && <Skeleton active paragraph={{ rows: 5 }} />}
      {body && preview.data && !preview.error && <Foreseen preview={preview.data} stale={stale} />}
    </Panel>
  );
}

function Foreseen({ preview, stale }: { preview: ReminderPreview; stale: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const most = Math.max(1, ...preview.by_day);
  const rest = preview.count - preview.sample.length;
  return (
    <div className={stale ? styles.stale : ""} aria-busy={stale} data-testid="rule-preview" data-stale={stale}>
      <p className={styles.count} aria-live="polite">
        <strong data-testid="rule-preview-count">{format.count(preview.count)}</strong>
        {t(preview.is_exact ? "reminders.preview.count" : "reminders.preview.countAtLeast", { days: preview.days })}
      </p>
      {preview.count > 0 && (
        <div className={styles.byDay} role="img" aria-label={t("reminders.preview.byDay", { days: preview.days })}>
          {preview.by_day.map((count, day) => <i key={day} title={`${format.day(Date.now() + day * DAY_MS)} · ${format.count(count)}`} style={{ height: `${count === 0 ? 3 : 12 + (88 * count) / most}%` }} data-some={count > 0} />)}
        </div>
      )}
      {preview.count === 0 && <p className={styles.faint}>{t("reminders.preview.none", { days: preview.days })}</p>}
      <ul className={styles.sample} data-testid="rule-preview-sample">
        {preview.sample.map((one) => (
          <li key={one.id}>
            <header><Link to={`/people/${one.person}`} target="_blank">{nameOf(one)}</Link><small>{format.moment(one.due_at)}</small></header>
            <small>{[one.why[language], one.unit?.name].filter(Boolean).join(" · ")}</small>
            {one.script !== "-" && <p>{one.script}</p>}
          </li>
        ))}
      </ul>
      {rest > 0 && preview.sample.length > 0 && <p className={styles.faint}>{t("reminders.preview.more", { count: rest })}</p>}
    </div>
  );
}
