import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type Ref, type WheelEvent } from "react";
import { useTranslation } from "react-i18next";
import { nameOf, type EgoView } from "@/api/types";
import { COLOURS, FONT_STACK } from "@/app/theme/tokens";
import { useThemeName } from "@/app/theme/useThemeName";
import { place, type Placed } from "./layout";
import styles from "./Explore.module.css";

const LABELS_MAX = 60;
const NEAR_PX = 14;

export interface EgoCanvasHandle {
  fit: () => void;
  png: () => Promise<Blob | null>;
}

interface Props {
  view: EgoView;
  chosen: string | null;
  colourOf: (unit: string | null) => string;
  onChoose: (person: string) => void;
  onCenter: (person: string) => void;
  ref?: Ref<EgoCanvasHandle>;
}

interface Camera {
  /** Pixels a circle. */
  scale: number;
  x: number;
  y: number;
}

/** People on their circles and the ties between them. Everything that can be done by pointer is done by keys as well. */
export function EgoCanvas({ view, chosen, colourOf, onChoose, onCenter, ref }: Props) {
  const { t } = useTranslation();
  const theme = useThemeName();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [box, setBox] = useState({ width: 0, height: 0 });
  const [camera, setCamera] = useState<Camera | null>(null);
  const [over, setOver] = useState<Placed | null>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const placed = useMemo(() => place(view), [view]);
  const circles = Math.max(1, ...view.people.map((person) => person.circle));
  const whole = useMemo<Camera>(() => ({ scale: Math.max(20, (Math.min(box.width, box.height) / 2 - 56) / circles), x: 0, y: 0 }), [box, circles]);
  const seen = camera ?? whole;
  const fit = useCallback(() => setCamera(null), []);
  useEffect(() => setCamera(null), [view]);
  useImperativeHandle(ref, () => ({ fit, png: () => new Promise((done) => (canvas.current ? canvas.current.toBlob(done, "image/png") : done(null))) }), [fit]);

  useEffect(() => {
    const host = canvas.current?.parentElement;
    if (!host) return;
    const resized = new ResizeObserver(() => setBox({ width: host.clientWidth, height: host.clientHeight }));
    resized.observe(host);
    return () => resized.disconnect();
  }, []);

  const screen = useCallback((point: { x: number; y: number }) => ({ x: box.width / 2 + (point.x - seen.x) * seen.scale, y: box.height / 2 + (point.y - seen.y) * seen.scale }), [box, seen]);

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || box.width === 0) return;
    const ratio = globalThis.devicePixelRatio || 1;
    context.canvas.width = box.width * ratio;
    context.canvas.height = box.height * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context, { view, placed, chosen, over, screen, circles, scale: seen.scale, box, theme, colourOf });
  }, [view, placed, chosen, over, screen, circles, seen.scale, box, theme, colourOf]);

  const nearest = (event: { clientX: number; clientY: number }): Placed | null => {
    const rect = canvas.current?.getBoundingClientRect();
    if (!rect) return null;
    let best: Placed | null = null;
    let least = NEAR_PX;
    for (const each of placed) {
      const at = screen(each);
      const far = Math.hypot(at.x - (event.clientX - rect.left), at.y - (event.clientY - rect.top)) - each.size;
      if (far < least) [best, least] = [each, far];
    }
    return best;
  };
  const zoom = (factor: number): void => setCamera({ ...seen, scale: Math.min(2000, Math.max(15, seen.scale * factor)) });
  const onMove = (event: PointerEvent): void => {
    const held = drag.current;
    if (!held) {
      const next = nearest(event);
      if (next !== over) setOver(next);
      return;
    }
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(dx, dy) < 4) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: true };
    setCamera({ ...seen, x: seen.x - dx / seen.scale, y: seen.y - dy / seen.scale });
  };
  const onUp = (event: PointerEvent): void => {
    const moved = drag.current?.moved;
    drag.current = null;
    const hit = moved ? null : nearest(event);
    if (hit) onChoose(hit.person.person);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = Math.max(0, view.people.findIndex((person) => person.person === chosen));
    const step = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 0;
    const next = view.people[(index + step + view.people.length) % view.people.length];
    if (step !== 0 && next) onChoose(next.person);
    else if (event.key === "Enter" && chosen) onCenter(chosen);
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") fit();
    else return;
    event.preventDefault();
  };
  const told = view.people.find((person) => person.person === chosen);
  return (
    <>
      <canvas ref={canvas} className={styles.canvas} style={{ width: box.width, height: box.height, cursor: over ? "pointer" : "grab" }} tabIndex={0} role="application" aria-label={t("explore.canvas")}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY, moved: false };
        }}
        onPointerMove={onMove} onPointerUp={onUp} onPointerLeave={() => setOver(null)}
        onDoubleClick={(event) => {
          const hit = nearest(event);
          if (hit) onCenter(hit.person.person);
        }}
        onWheel={(event: WheelEvent) => zoom(event.deltaY < 0 ? 1.12 : 0.89)} onKeyDown={onKeyDown} data-testid="ego-canvas" data-people={placed.length} />
      <span className={styles.told} aria-live="polite">{told ? `${nameOf(told)}, ${t("explore.circleN", { n: told.circle })}` : ""}</span>
    </>
  );
}

interface Scene {
  view: EgoView;
  placed: Placed[];
  chosen: string | null;
  over: Placed | null;
  screen: (point: { x: number; y: number }) => { x: number; y: number };
  circles: number;
  scale: number;
  box: { width: number; height: number };
  theme: "dark" | "light";
  colourOf: (unit: string | null) => string;
}

function draw(context: CanvasRenderingContext2D, scene: Scene): void {
  const { view, placed, chosen, over, screen, circles, scale, box, theme, colourOf } = scene;
  const c = COLOURS[theme];
  context.fillStyle = c.canvas;
  context.fillRect(0, 0, box.width, box.height);
  const middle = screen({ x: 0, y: 0 });
  context.strokeStyle = c.border;
  context.lineWidth = 1;
  for (let circle = 1; circle <= circles; circle++) {
    context.beginPath();
    context.arc(middle.x, middle.y, circle * scale, 0, Math.PI * 2);
    context.stroke();
  }
  const at = new Map(placed.map((each) => [each.person.person, each]));
  const lit = over?.person.person ?? chosen;
  for (const tie of view.ties) {
    const [a, b] = [at.get(tie.a), at.get(tie.b)];
    if (!a || !b) continue;
    const mine = tie.a === lit || tie.b === lit;
    const [from, to] = [screen(a), screen(b)];
    context.strokeStyle = mine ? c.accent : c.textFaint;
    context.globalAlpha = mine ? 0.95 : 0.1 + 0.5 * tie.chance;
    context.lineWidth = 0.6 + Math.min(4, tie.chance * 5);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  }
  context.globalAlpha = 1;
  for (const each of placed) {
    const { person } = each;
    const { x, y } = screen(each);
    context.fillStyle = person.circle === 0 ? c.accent : colourOf(person.unit?.id ?? null);
    context.globalAlpha = person.is_fan || person.circle === 0 ? 1 : 0.5;
    context.beginPath();
    context.arc(x, y, each.size, 0, Math.PI * 2);
    context.fill();
    context.globalAlpha = 1;
    if (person.orders > 0 || person.person === lit) {
      context.strokeStyle = person.person === lit ? c.text : c.good;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(x, y, each.size + 2.5, 0, Math.PI * 2);
      context.stroke();
    }
  }
  label(context, scene, c.text);
}

/** Names of the centre, of whom one looks at, and of the strongest, as long as there is room between them. */
function label(context: CanvasRenderingContext2D, { placed, chosen, over, screen, theme }: Scene, colour: string): void {
  const told = new Set([over?.person.person, chosen]);
  const order = [...placed].sort((a, b) => Number(told.has(b.person.person)) - Number(told.has(a.person.person)));
  const taken: { x: number; y: number; width: number }[] = [];
  context.textBaseline = "middle";
  context.textAlign = "center";
  for (const each of order) {
    if (taken.length >= LABELS_MAX) break;
    const name = nameOf(each.person);
    context.font = `${each.person.circle === 0 ? "650 14px" : "400 12px"} ${FONT_STACK}`;
    const { x, y } = screen(each);
    const spot = { x, y: y + each.size + 11, width: context.measureText(name).width };
    const crowded = taken.some((other) => Math.abs(other.y - spot.y) < 15 && Math.abs(other.x - spot.x) < (other.width + spot.width) / 2 + 6);
    if (crowded && !told.has(each.person.person)) continue;
    taken.push(spot);
    context.lineWidth = 3;
    context.strokeStyle = COLOURS[theme].canvas;
    context.strokeText(name, spot.x, spot.y);
    context.fillStyle = colour;
    context.fillText(name, spot.x, spot.y);
  }
}
