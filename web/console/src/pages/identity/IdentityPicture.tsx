import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { IdentityEvidence, IdentityRow } from "@/api/identity";
import styles from "./Identity.module.css";
import { layOut, WIDTH } from "./layOut";

const STATES = ["joins", "confirms", "refused", "taken_back"] as const;
const LABEL_CHARS = 9;
const VALUE_CHARS = 15;

const cut = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
};

/** Ids as boxes, evidence as lines: what holds a person together at a glance. */
export function IdentityPicture({ view, labelOf }: { view: IdentityEvidence; labelOf: (row: IdentityRow) => string }) {
  const { t } = useTranslation();
  const picture = useMemo(() => layOut(view), [view]);
  const states = STATES.filter((state) => picture.lines.some((line) => line.state === state));
  return (
    <>
      <svg className={styles.picture} viewBox={`0 0 ${WIDTH} ${picture.height}`} role="img" aria-label={t("identity.evidence.picture")} data-testid="identity-picture">
        {picture.lines.map(({ key, state, path }) => <path key={key} d={path} data-state={state} />)}
        {picture.boxes.map(({ row, x, y, width, height }) => (
          <g key={row.id} transform={`translate(${x} ${y})`} data-level={row.level ?? "device"}>
            <title>{`${labelOf(row)} ${row.value}`}</title>
            <rect width={width} height={height} rx="7" />
            <text x="9" y="15">{cut(labelOf(row), LABEL_CHARS)}</text>
            <text x="9" y="30">{cut(row.value, VALUE_CHARS)}</text>
          </g>
        ))}
      </svg>
      <p className={styles.legend}>
        {states.map((state) => <span key={state}><i data-state={state} />{t(`identity.evidence.state.${state}`)}</span>)}
        {picture.left > 0 && <span>{t("identity.evidence.moreIds", { count: picture.left })}</span>}
      </p>
    </>
  );
}
