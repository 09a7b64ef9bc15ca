import type { SourceHealth } from "@/api/types";
import styles from "./Health.module.css";

const [WIDTH, HEIGHT] = [168, 30];

/** A week in one glance: what came, hour by hour, and red what was refused. */
export function Spark({ hours }: { hours: SourceHealth["hours"] }) {
  const most = Math.max(1, ...hours.map((hour) => hour.accepted + hour.rejected));
  const tall = (count: number): number => (count > 0 ? Math.max(1, (count / most) * HEIGHT) : 0);
  return (
    <svg className={styles.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      {hours.map(({ hour, accepted, rejected }, at) => {
        const [good, bad] = [tall(accepted), tall(rejected)];
        return <g key={hour}>{good > 0 && <rect x={at} width={0.8} y={HEIGHT - good} height={good} />}{bad > 0 && <rect className={styles.refused} x={at} width={0.8} y={HEIGHT - good - bad} height={bad} />}</g>;
      })}
    </svg>
  );
}
