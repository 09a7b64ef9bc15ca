import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { LinkCounts } from "@/api/content";
import { useFormats } from "@/app/format";
import styles from "./Spread.module.css";

/** Scanned → opened → acted, in people: bars against the first step, and what share came from the step before. */
export function Funnel({ counts, code }: { counts: LinkCounts; code: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const steps = [
    ...(code ? [{ word: "scanned" as const, people: counts.scanned }] : []),
    { word: "opened" as const, people: counts.opened },
    { word: "acted" as const, people: counts.acted },
  ];
  const first = Math.max(1, steps[0]?.people ?? 0);
  return (
    <ol className={styles.funnel} data-testid="funnel">
      {steps.map(({ word, people }, at) => (
        <Tooltip key={word} title={t(`spread.funnelHint.${word}`)}>
          <li>
            <span>{t(`spread.funnel.${word}`)}</span>
            <i aria-hidden="true"><b style={{ width: `${Math.min(100, (100 * people) / first)}%` }} /></i>
            <strong>{format.count(people)}</strong>
            <small>{at > 0 ? format.share(people, steps[at - 1]?.people ?? 0) : ""}</small>
          </li>
        </Tooltip>
      ))}
    </ol>
  );
}
