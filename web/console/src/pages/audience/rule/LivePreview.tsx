import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { nameOf } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { ProblemState } from "@/app/parts/states";
import { asProblem } from "@/api/problem";
import { StandingTag } from "../StandingTag";
import { RuleWords } from "./RuleWords";
import styles from "./Rule.module.css";
import type { Previewed } from "./usePreview";

const MICROS = 1_000;
const INVALID = [400, 409, 422];

/** How many belong, and some of them, while the rule is written. */
export function LivePreview({ previewed }: { previewed: Previewed }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { preview, stale, error, faults } = previewed;
  const refused = error !== null && error !== undefined && INVALID.includes(asProblem(error).status);
  const rest = preview ? preview.count - preview.sample.length : 0;
  return (
    <Panel title={t("rules.preview.title")} className={styles.preview ?? ""}>
      <p className={styles.read}><RuleWords rule={previewed.rule} /></p>
      {faults.size > 0 && <p className={styles.leftOut} data-testid="preview-left-out">{t("rules.preview.leftOut", { count: faults.size })}</p>}
      {error && !preview && !refused ? <ProblemState error={error} onRetry={previewed.refetch} /> : null}
      {refused && !stale && <p role="alert" className={styles.fault}>{previewed.refused.size > 0 ? t("rules.preview.refused") : (asProblem(error).detail ?? asProblem(error).title)}</p>}
      {!preview && !error && <Skeleton active paragraph={{ rows: 5 }} />}
      {preview && (
        <div className={stale ? styles.stale : ""} aria-busy={stale} data-testid="preview" data-stale={stale}>
          <p className={styles.count} aria-live="polite"><strong data-testid="preview-count">{format.count(preview.count)}</strong>{t("common.unit.people")}</p>
          <div className={styles.share} role="img" aria-label={t("rules.preview.share", { everybody: format.count(preview.everybody), share: format.share(preview.count, preview.everybody) })}>
            <i style={{ width: `${preview.everybody > 0 ? (100 * preview.count) / preview.everybody : 0}%` }} />
          </div>
          <p className={styles.faint}>
            {t("rules.preview.share", { everybody: format.count(preview.everybody), share: format.share(preview.count, preview.everybody) })}
            {" · "}{stale ? t("rules.preview.working") : t("rules.preview.took", { ms: format.decimal(preview.took_us / MICROS, preview.took_us < 10 * MICROS ? 1 : 0) })}
          </p>
          {preview.count === 0 && <p className={styles.leftOut}>{t("rules.preview.none")}</p>}
          {preview.sample.length > 0 && <h3 className={styles.sampleHead}>{t("rules.preview.sample")}</h3>}
          <ul className={styles.sample} data-testid="preview-sample">
            {preview.sample.map((person) => (
              <li key={person.person}>
                <span className={styles.letter} aria-hidden="true">{[...nameOf(person)][0]}</span>
                <Link to={`/people/${person.person}`} target="_blank">{nameOf(person)}</Link>
                <StandingTag standing={person.standing} />
                <small>{[person.city, person.last_seen ? t("rules.preview.seen", { time: format.moment(person.last_seen) }) : t("rules.preview.never")].filter(Boolean).join(" · ")}</small>
              </li>
            ))}
          </ul>
          {rest > 0 && <p className={styles.faint}>{t("rules.preview.sampleMore", { count: rest })}</p>}
        </div>
      )}
    </Panel>
  );
}
