import { FONT_STACK } from "@/app/theme/tokens";

export interface Label {
  /** Stage pixels of the dot. */
  x: number;
  y: number;
  radius: number;
  text: string;
  kind: "centre" | "store" | "koc" | "path";
}

export interface LabelLook {
  text: string;
  accent: string;
  halo: string;
}

interface Rect {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const FONT: Record<Label["kind"], string> = {
  centre: `600 13px ${FONT_STACK}`,
  store: `600 12.5px ${FONT_STACK}`,
  koc: `500 12px ${FONT_STACK}`,
  path: `600 12.5px ${FONT_STACK}`,
};

const overlaps = (a: Rect, b: Rect): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Right of the dot, else left, else below, else above: the first place that covers no label set before. */
function placements(label: Label, width: number): { rect: Rect; x: number; y: number }[] {
  const gap = label.radius + 5;
  const spots: [number, number][] = [
    [label.x + gap, label.y],
    [label.x - gap - width, label.y],
    [label.x - width / 2, label.y + gap + 8],
    [label.x - width / 2, label.y - gap - 8],
  ];
  return spots.map(([x, y]) => ({ x, y, rect: { left: x - 3, right: x + width + 3, top: y - 9, bottom: y + 9 } }));
}

/** Draws the labels that find room, in the order given (the most important first). */
export function drawLabels(context: CanvasRenderingContext2D, labels: readonly Label[], look: LabelLook): void {
  const taken: Rect[] = labels
    .filter((label) => label.kind !== "koc")
    .map(({ x, y, radius }) => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }));
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const label of labels) {
    context.font = FONT[label.kind];
    const width = context.measureText(label.text).width;
    const spot = placements(label, width).find(({ rect }) => !taken.some((other) => overlaps(rect, other)));
    if (!spot) continue;
    taken.push(spot.rect);
    context.lineWidth = 3.5;
    context.strokeStyle = look.halo;
    context.globalAlpha = 0.85;
    context.strokeText(label.text, spot.x, spot.y);
    context.globalAlpha = label.kind === "koc" ? 0.92 : 1;
    context.fillStyle = label.kind === "path" ? look.accent : look.text;
    context.fillText(label.text, spot.x, spot.y);
  }
  context.globalAlpha = 1;
}
