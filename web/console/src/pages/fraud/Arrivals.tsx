import { useTranslation } from "react-i18next";
import type { RingView } from "@/api/types";
import { useFormats } from "@/app/format";
import styles from "./Fraud.module.css";

const WIDTH = 700;
const HEIGHT = 58;
const EDGE = 8;

/** One stroke for each arrival: honest people come scattered, a machine's stand like a comb or in one block. */
export function Arrivals({ arrivals }: { arrivals: RingView["arrivals"] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const times = arrivals.map(({ at }) => Date.parse(at));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const x = (at: number): number => (to > from ? EDGE + ((at - from) / (to - from)) * (WIDTH - 2 * EDGE) : WIDTH / 2);
  const [first, last] = [format.second(from), format.second(to)];
  return (
    <svg className={styles.strip} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={t("fraud.arrivalsLabel", { count: arrivals.length, from: first, to: last })}>
      <line x1={EDGE} x2={WIDTH - EDGE} y1={36} y2={36} stroke="var(--border)" />
      {times.map((at, index) => <line key={index} x1={x(at)} x2={x(at)} y1={8} y2={36} stroke="var(--accent)" strokeWidth={1.5} opacity={0.7} />)}
      <text x={EDGE} y={52}>{first}</text>
      <text x={WIDTH - EDGE} y={52} textAnchor="end">{last}</text>
    </svg>
  );
}
