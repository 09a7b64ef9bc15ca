import { CaretRightFilled, PauseOutlined } from "@ant-design/icons";
import { Button, Segmented, Tooltip } from "antd";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/app/format";
import { arrivals, type Growth } from "@/network/picture/growth";
import { TIME_MAX, type Picture } from "@/network/picture/decode";
import { SPEEDS, useReplay } from "@/network/replay/replay";
import styles from "./NetworkPage.module.css";

const BINS = 160;
const DAY_MS = 86_400_000;

/** 1 on the calendar day of the start, 2 on the next, in the reader's own zone. */
function dayNumber(startMs: number, momentMs: number): number {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((midnight(momentMs) - midnight(startMs)) / DAY_MS) + 1;
}

/** Plays the campaign again. The hills behind the bar are the people who joined. */
export function ReplayBar({ picture, growth, right }: { picture: Picture; growth: Growth; right: number }) {
  const { t } = useTranslation();
  const { now, playing, speed, toggle, seek, setSpeed } = useReplay();
  const format = useFormats();
  const moment = picture.startMs + now * picture.spanMs;
  const at = Math.round(now * TIME_MAX);
  const day = dayNumber(picture.startMs, moment);

  return (
    <section className={`${styles.panel} ${styles.replay}`} style={{ right }} data-testid="replay" data-now={now.toFixed(4)}>
      <Tooltip title={`${playing ? t("network.replay.pause") : t("network.replay.play")} (Space)`}>
        <Button type="primary" shape="circle" size="large" data-testid="replay-play" onClick={toggle}
          icon={playing ? <PauseOutlined /> : <CaretRightFilled />} aria-label={playing ? t("network.replay.pause") : t("network.replay.play")} />
      </Tooltip>
      <div className={styles.when}>
        <strong data-testid="replay-time">{format.moment(moment)}</strong>
        <small>{t("network.replay.sinceStart", { day, time: format.clock(moment) })}</small>
      </div>
      <ScrubTrack growth={growth} now={now} onSeek={seek} label={t("network.replay.scrub")} valueText={format.moment(moment)} />
      <div className={styles.counter}>
        <strong data-testid="replay-fans">{format.count(growth.fansBy[at] ?? 0)}</strong>
        <small>{t("network.replay.fans")} / {format.count(growth.peopleBy[at] ?? 0)} {t("common.unit.people")}</small>
      </div>
      <Segmented size="small" value={speed} onChange={setSpeed} aria-label={t("network.replay.speed")}
        options={SPEEDS.map((each) => ({ value: each, label: `${each}×` }))} />
    </section>
  );
}

function ScrubTrack(props: { growth: Growth; now: number; onSeek: (now: number) => void; label: string; valueText: string }) {
  const track = useRef<HTMLDivElement>(null);
  const hills = useMemo(() => {
    const bins = arrivals(props.growth, BINS);
    const most = Math.max(1, ...bins);
    const points = bins.map((value, at) => `${(at / (BINS - 1)) * 100},${(1 - Math.sqrt(value / most)) * 30 + 1}`);
    return `M0,32 L${points.join(" L")} L100,32 Z`;
  }, [props.growth]);
  const seek = (clientX: number): void => {
    const box = track.current?.getBoundingClientRect();
    if (box) props.onSeek((clientX - box.left) / box.width);
  };
  const part = `${props.now * 100}%`;
  return (
    <div ref={track} className={styles.track} role="slider" tabIndex={0} data-testid="replay-scrub" aria-label={props.label}
      aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(props.now * 100)} aria-valuetext={props.valueText}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seek(event.clientX);
      }}
      onPointerMove={(event) => event.buttons === 1 && seek(event.clientX)}
      onKeyDown={(event) => {
        const step = event.shiftKey ? 0.1 : 0.01;
        const move = event.key === "ArrowRight" ? step : event.key === "ArrowLeft" ? -step : null;
        if (move !== null) props.onSeek(props.now + move);
        if (event.key === "Home") props.onSeek(0);
        if (event.key === "End") props.onSeek(1);
      }}>
      <svg viewBox="0 0 100 32" preserveAspectRatio="none" aria-hidden="true">
        <path d={hills} fill="var(--text-faint)" opacity="0.28" />
        <path d={hills} fill="var(--accent)" opacity="0.85" style={{ clipPath: `inset(0 ${(1 - props.now) * 100}% 0 0)` }} />
      </svg>
      <i style={{ left: part }} />
    </div>
  );
}
