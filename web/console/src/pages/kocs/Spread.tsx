import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import type { KocBoard } from "@/api/types";
import { useFormats } from "@/app/format";
import styles from "./Kocs.module.css";

const WIDTH = 800;
const HEIGHT = 120;

interface Props {
  board: KocBoard;
  /** Score of the line, as tried. */
  line: number | null;
  onTry: (score: number) => void;
}

/** How many people have which score, most of them low: heights are logarithms. The line is the threshold, to be dragged. */
export function Spread({ board, line, onTry }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const host = useRef<SVGSVGElement>(null);
  const [over, setOver] = useState<number | null>(null);
  const { from, width, counts } = board.scores;
  if (counts.length === 0) return <p className={styles.nothing}>{t("kocs.spread.none")}</p>;
  const span = width * counts.length;
  const tallest = Math.log1p(Math.max(...counts));
  const step = WIDTH / counts.length;
  const x = (score: number): number => Math.min(WIDTH, Math.max(0, ((score - from) / span) * WIDTH));
  const scoreAt = (event: PointerEvent): number => {
    const box = host.current?.getBoundingClientRect();
    const part = box ? Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) : 0;
    return Math.round((from + part * span) * 100) / 100;
  };
  const move = (event: PointerEvent<SVGSVGElement>): void => {
    const score = scoreAt(event);
    setOver(Math.min(counts.length - 1, Math.floor((score - from) / width)));
    if (event.buttons === 1) onTry(score);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const way = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (way === 0) return;
    event.preventDefault();
    onTry(Math.round(((line ?? from + span / 2) + way * Math.max(0.01, span / 200)) * 100) / 100);
  };
  const bin = over === null ? null : { from: format.decimal(from + over * width, 2), to: format.decimal(from + (over + 1) * width, 2), count: counts[over] ?? 0 };
  return (
    <div className={styles.spread}>
      <svg ref={host} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" onPointerMove={move} onPointerLeave={() => setOver(null)} data-testid="board-spread"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          onTry(scoreAt(event));
        }}>
        {counts.map((count, at) => {
          const height = count > 0 ? Math.max(2, (Math.log1p(count) / tallest) * (HEIGHT - 8)) : 0;
          const above = line !== null && from + (at + 0.5) * width >= line;
          return <rect key={at} x={at * step + 0.75} y={HEIGHT - height} width={Math.max(1, step - 1.5)} height={height} data-koc={above} data-over={at === over} />;
        })}
      </svg>
      {line !== null && (
        <i className={styles.line} style={{ left: `${(x(line) / WIDTH) * 100}%` }} role="slider" tabIndex={0} aria-label={t("kocs.spread.line")} aria-valuenow={line}
          aria-valuemin={from} aria-valuemax={from + span} aria-valuetext={t("kocs.threshold.score", { value: format.decimal(line, 2) })} onKeyDown={onKeyDown} data-testid="board-line" />
      )}
      <footer>
        <span>{format.decimal(from, 1)}</span>
        <span aria-live="off">{bin ? t("kocs.spread.count", bin) : t("kocs.spread.lead")}</span>
        <span>{format.decimal(from + span, 1)}</span>
      </footer>
    </div>
  );
}
