/** Fen as people write yuan, and back; what is no amount is null. */
export const yuan = (fen: number): string => (fen / 100).toFixed(2);

export function fen(text: string | number | null | undefined): number | null {
  const written = String(text ?? "").trim();
  if (!/^\d{1,8}(\.\d{1,2})?$/.test(written)) return null;
  const [whole = "0", part = ""] = written.split(".");
  return Number(whole) * 100 + Number(part.padEnd(2, "0"));
}
