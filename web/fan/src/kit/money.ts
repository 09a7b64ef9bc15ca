import { locale } from "../text";

/** Fen as people write them: no decimals that say nothing. */
export function yuan(fen: number): string {
  const digits = fen % 100 === 0 ? 0 : 2;
  return `¥${(fen / 100).toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** Of a million, as a share. */
export const share = (ppm: number): string => `${(ppm / 10_000).toLocaleString(locale, { maximumFractionDigits: 4 })}%`;
