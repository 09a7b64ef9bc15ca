import { FONT_STACK } from "@/app/theme/tokens";

export interface PictureSheet {
  /** The stage, at `SHEET_SCALE` pixels per CSS pixel. */
  stage: HTMLCanvasElement;
  /** CSS pixels of the stage. */
  width: number;
  height: number;
  title: string;
  subtitle: string;
  time: string;
  by: string;
  legend: readonly { name: string; value: string; colour: string }[];
  colours: { canvas: string; surface: string; border: string; text: string; textSecondary: string; accent: string };
}

/** Sheets are for slides and posts: twice the screen's resolution. */
export const SHEET_SCALE = 2;

const HEAD = 76;
const SIDE = 232;
const LINE = 24;

/** The stage with title, legend and time on one sheet, as a PNG. */
export async function drawSheet(sheet: PictureSheet): Promise<Blob> {
  const rows = Math.floor((sheet.height - 72) / LINE);
  const shown = sheet.legend.slice(0, rows);
  const canvas = document.createElement("canvas");
  canvas.width = (sheet.width + SIDE) * SHEET_SCALE;
  canvas.height = (sheet.height + HEAD) * SHEET_SCALE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.scale(SHEET_SCALE, SHEET_SCALE);
  context.fillStyle = sheet.colours.canvas;
  context.fillRect(0, 0, sheet.width + SIDE, sheet.height + HEAD);
  context.drawImage(sheet.stage, 0, HEAD, sheet.width, sheet.height);

  const write = (text: string, x: number, y: number, font: string, colour: string, align: CanvasTextAlign = "left"): void => {
    context.font = `${font} ${FONT_STACK}`;
    context.fillStyle = colour;
    context.textAlign = align;
    context.fillText(text, x, y);
  };
  context.textBaseline = "middle";
  write(sheet.title, 28, 30, "650 20px", sheet.colours.text);
  write(sheet.subtitle, 28, 56, "400 13px", sheet.colours.textSecondary);
  write(sheet.time, sheet.width + SIDE - 28, 30, "600 16px", sheet.colours.accent, "right");
  write(sheet.by, sheet.width + SIDE - 28, 56, "400 12px", sheet.colours.textSecondary, "right");

  shown.forEach((entry, at) => {
    const y = HEAD + 28 + at * LINE;
    const x = sheet.width + 8;
    context.beginPath();
    context.arc(x + 5, y, 5, 0, Math.PI * 2);
    context.fillStyle = entry.colour;
    context.fill();
    write(clip(context, entry.name, SIDE - 110), x + 18, y, "400 13px", sheet.colours.text);
    write(entry.value, sheet.width + SIDE - 28, y, "400 12px", sheet.colours.textSecondary, "right");
  });
  return await new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png"),
  );
}

function clip(context: CanvasRenderingContext2D, text: string, room: number): string {
  context.font = `400 13px ${FONT_STACK}`;
  if (context.measureText(text).width <= room) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > room) end--;
  return `${text.slice(0, end)}…`;
}

export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
