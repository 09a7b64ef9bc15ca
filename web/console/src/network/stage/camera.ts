import type { Box } from "../picture/decode";

/** Pixels of the stage that panels cover, left free when fitting. */
export interface Insets {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface View {
  x: number;
  y: number;
  ratio: number;
}

const STEPS = 65536;

/** Free space is never taken to be smaller than this, whatever the panels cover. */
const FREE_MIN = 120;

/** The camera that shows `box` as large as the free part of the stage allows, in sigma's framed coordinates. */
export function fitView(box: Box, size: Size, insets: Insets): View {
  const freeWidth = Math.max(FREE_MIN, size.width - insets.left - insets.right);
  const freeHeight = Math.max(FREE_MIN, size.height - insets.top - insets.bottom);
  const width = Math.max(box.right - box.left, 64) / STEPS;
  const height = Math.max(box.high - box.low, 64) / STEPS;
  const scale = Math.min(freeWidth / width, freeHeight / height);
  return centreOn((box.left + box.right) / 2, (box.low + box.high) / 2, scale, size, insets);
}

/** The camera that puts (x, y) in the middle of the free part at `scale` pixels per framed unit. */
export function centreOn(x: number, y: number, scale: number, size: Size, insets: Insets): View {
  return {
    x: x / STEPS - (insets.left - insets.right) / 2 / scale,
    y: y / STEPS + (insets.top - insets.bottom) / 2 / scale,
    ratio: Math.min(size.width, size.height) / scale,
  };
}

/** Pixels per framed unit at a camera ratio. */
export const scaleAt = (ratio: number, size: Size): number => Math.min(size.width, size.height) / ratio;
