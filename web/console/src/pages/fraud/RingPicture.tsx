import { useTranslation } from "react-i18next";
import type { RingView } from "@/api/types";
import { storeColour, type ThemeName } from "@/app/theme/palette";
import { useThemeName } from "@/app/theme/useThemeName";
import styles from "./Fraud.module.css";
import { layOut, WIDTH } from "./layOut";

const KINDS = ["device", "ip", "payee", "sharer"] as const;
/** The palette's colours the things wear, far from the accent of whoever brought the others. */
const COLOUR: Record<(typeof KINDS)[number], number> = { device: 0, ip: 3, payee: 2, sharer: 4 };

/** Accounts on a circle, what they have in common inside it, a line for each use. */
export function RingPicture({ view }: { view: RingView }) {
  const { t } = useTranslation();
  const theme: ThemeName = useThemeName();
  const { people, things, lines, height } = layOut(view);
  if (lines.length === 0) return <p className={styles.note}>{t("fraud.pictureNone")}</p>;
  const colourOf = (kind: string): string => storeColour(theme, COLOUR[kind as (typeof KINDS)[number]] ?? 0);
  const kinds = KINDS.filter((kind) => things.some((thing) => thing.kind === kind));
  return (
    <>
      <svg className={styles.picture} viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={t("fraud.pictureLabel", { people: people.length, things: things.length })} data-testid="ring-picture">
        {lines.map(({ from, to, kind }, index) => <line key={index} x1={from.x} y1={from.y} x2={to.x} y2={to.y} stroke={kind === "brought" ? "var(--accent)" : colourOf(kind)} strokeWidth={1} opacity={0.35} />)}
        {things.map(({ x, y, kind, label }, index) => (
          <g key={index}>
            <rect x={x - 6} y={y - 6} width={12} height={12} rx={2} fill={colourOf(kind)}><title>{label}</title></rect>
            {things.length <= 14 && <text x={x} y={y - 10} textAnchor="middle">{label}</text>}
          </g>
        ))}
        {people.map(({ x, y, name, isHead }, index) => <circle key={index} cx={x} cy={y} r={isHead ? 7 : 4.5} fill={isHead ? "var(--accent)" : "var(--text-secondary)"}><title>{name ?? t("fraud.unnamed")}</title></circle>)}
      </svg>
      <div className={styles.key}>
        <span><i style={{ background: "var(--text-secondary)" }} />{t("fraud.member")}</span>
        {people.some(({ isHead }) => isHead) && <span><i style={{ background: "var(--accent)" }} />{t("fraud.head")}</span>}
        {kinds.map((kind) => <span key={kind}><i data-square="true" style={{ background: colourOf(kind) }} />{t(`fraud.shared.${kind}`)}</span>)}
      </div>
    </>
  );
}
