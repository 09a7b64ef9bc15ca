import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { overlapsCsv, type LightsAsked, type OverlapList } from "@/api/lights";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import type { Named } from "./named";
import styles from "./Lights.module.css";

/** Lights in the matrix at most: the export has all pairs. */
const SHOWN_MAX = 24;
const CELL = 20;
const LEFT = 96;
const TOP = 78;

/** How many people each two lights both reach, the shade by their Jaccard index. */
export function OverlapMatrix({ overlaps, lights, asked }: { overlaps: OverlapList; lights: Named[]; asked: LightsAsked }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [over, setOver] = useState<number | null>(null);
  const shown = lights.slice(0, SHOWN_MAX);
  const pairs = useMemo(() => overlaps.pairs.filter((pair) => pair.a < SHOWN_MAX && pair.b < SHOWN_MAX), [overlaps]);
  const strongest = Math.max(0.000_1, ...pairs.map((pair) => pair.jaccard));
  const pair = over === null ? undefined : pairs[over];
  const nothing = lights.length < 2 ? t("lights.overlap.noneElsewhere") : t("lights.overlap.none");
  return (
    <Panel title={t("lights.overlap.title")}
      extra={<Button size="small" icon={<DownloadOutlined />} href={overlapsCsv(asked)} download data-testid="overlaps-csv">{t("lights.csv")}</Button>}>
      {pairs.length === 0 ? <p className={styles.quiet}>{nothing}</p> : (
        <div className={styles.matrix} data-testid="overlap-matrix">
          <svg width={LEFT + shown.length * CELL + 44} height={TOP + shown.length * CELL + 4} role="img" aria-label={t("lights.overlap.hint")}>
            {shown.map((light, at) => (
              <g key={light.row.light ?? ""} className={styles.matrixName}>
                <text x={LEFT - 8} y={TOP + at * CELL + 14} textAnchor="end" fill={light.colour}>{light.name}</text>
                <text transform={`translate(${LEFT + at * CELL + 8} ${TOP - 8}) rotate(-52)`} fill={light.colour}>{light.name}</text>
                <rect x={LEFT + at * CELL} y={TOP + at * CELL} width={CELL - 2} height={CELL - 2} rx="3" fill={light.colour} fillOpacity="0.28" />
              </g>
            ))}
            {pairs.flatMap((each, at) => {
              const cell = { width: CELL - 2, height: CELL - 2, rx: 3, fill: "var(--accent)", fillOpacity: 0.12 + 0.88 * Math.sqrt(each.jaccard / strongest), onMouseEnter: () => setOver(at), onMouseLeave: () => setOver(null) };
              return [
                <rect key={`${at}a`} x={LEFT + each.a * CELL} y={TOP + each.b * CELL} {...cell} />,
                <rect key={`${at}b`} x={LEFT + each.b * CELL} y={TOP + each.a * CELL} {...cell} />,
              ];
            })}
          </svg>
          <p className={styles.under} aria-live="polite">
            {pair
              ? <><strong>{shown[pair.a]?.name} × {shown[pair.b]?.name}</strong> {t("lights.overlap.both", { count: pair.both })} · {t("lights.overlap.jaccard", { value: format.decimal(pair.jaccard, 3) })}</>
              : <>{t("lights.overlap.hint")}{lights.length > SHOWN_MAX && ` · ${t("lights.overlap.top", { count: SHOWN_MAX })}`}</>}
          </p>
        </div>
      )}
    </Panel>
  );
}
