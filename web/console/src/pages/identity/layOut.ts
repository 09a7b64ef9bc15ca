import type { EvidenceRow, IdentityEvidence, IdentityRow } from "@/api/identity";

const COLUMNS = ["login", "account", "device"] as const;
export const WIDTH = 420;
const BOX = { width: 122, height: 38 };
const ROW = 54;
const TOP = 8;
/** Boxes drawn at most: a picture of more says nothing. */
const BOXES_MAX = 24;

export interface Box {
  row: IdentityRow;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  key: string;
  state: EvidenceRow["state"];
  /** Nothing to the right for somebody else's id: the line ends in the margin. */
  path: string;
}

export interface Picture {
  boxes: Box[];
  lines: Line[];
  height: number;
  /** Ids that found no place. */
  left: number;
}

/** What is drawn twice is drawn once: the same two ids in the same state. */
const distinct = (evidence: EvidenceRow[]): EvidenceRow[] => [...new Map(evidence.map((piece) => [`${piece.id} ${piece.into ?? "?"} ${piece.state}`, piece])).values()];

/** Ids in a column for each level, those one signs in with first; evidence as lines between them. */
export function layOut(view: IdentityEvidence): Picture {
  const drawn = view.ids.slice(0, BOXES_MAX);
  const used = COLUMNS.filter((level) => drawn.some((row) => (row.level ?? "device") === level));
  const gap = used.length > 1 ? (WIDTH - BOX.width - 4) / (used.length - 1) : 0;
  const boxes = used.flatMap((level, column) =>
    drawn.filter((row) => (row.level ?? "device") === level).map((row, place) => ({ row, x: 2 + column * gap, y: TOP + place * ROW, ...BOX })));
  const at = new Map(boxes.map((box) => [box.row.id, box]));
  const lines = distinct(view.evidence).flatMap((piece) => {
    const [from, to] = [at.get(piece.id), piece.into ? at.get(piece.into) : undefined];
    if (!from) return [];
    const key = `${piece.id}-${piece.into ?? "?"}-${piece.state}-${piece.offset}`;
    if (to) return [{ key, state: piece.state, path: between(from, to) }];
    const ours = piece.into && view.ids.some(({ id }) => id === piece.into);
    return ours ? [] : [{ key, state: piece.state, path: `M${from.x + from.width} ${from.y + from.height / 2}h18` }];
  });
  const height = Math.max(BOX.height, ...boxes.map(({ y }) => y + BOX.height)) + TOP;
  return { boxes, lines, height, left: view.ids.length - drawn.length };
}

/** A curve from the side of one box to that of another; within a column it bends out. */
function between(a: Box, b: Box): string {
  const middle = ({ y, height }: Box): number => y + height / 2;
  if (a.x === b.x) {
    const [x, bend] = [a.x + a.width, 22 + Math.abs(a.y - b.y) / 12];
    return `M${x} ${middle(a)}C${x + bend} ${middle(a)} ${x + bend} ${middle(b)} ${x} ${middle(b)}`;
  }
  const [left, right] = a.x < b.x ? [a, b] : [b, a];
  const [from, to] = [left.x + left.width, right.x];
  const half = (from + to) / 2;
  return `M${from} ${middle(left)}C${half} ${middle(left)} ${half} ${middle(right)} ${to} ${middle(right)}`;
}
