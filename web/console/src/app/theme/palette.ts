/**
 * Twenty-four store colours per theme, the same in the picture, legends, charts and tables. Amber is left out: it is
 * the accent, and marks KOCs. Neighbours in the list are far apart in hue. Made in OKLCH: lightness .74/.66 on the
 * night, .56/.63 on white.
 */
export const STORE_COLOURS = {
  dark: [
    "#2fb6ff", "#a49401", "#f27dbd", "#14a89a", "#af98fd", "#e56731", "#8abe45", "#608bf9",
    "#ff7b8a", "#04a4ba", "#d787e9", "#03ae69", "#2f95f6", "#a8b61f", "#e25e8d", "#12c2c5",
    "#ac72e3", "#fe816e", "#49ab42", "#98a1ff", "#e86155", "#16bcea", "#cd65be", "#17c79c",
  ],
  light: [
    "#0c7db3", "#8c7e00", "#b74087", "#128577", "#7b5bcd", "#d0571f", "#588409", "#4f78e0",
    "#c33d54", "#088a9c", "#9f4cb1", "#0b8a53", "#2580dd", "#737c03", "#d0487a", "#088587",
    "#9a62d0", "#c44132", "#37893a", "#6264d5", "#d14b41", "#0f81a1", "#b84fa8", "#07896a",
  ],
} as const;

export type ThemeName = keyof typeof STORE_COLOURS;

/** What belongs to no store: unknown roots, other channels past the list. */
export const UNKNOWN_COLOUR = { dark: "#6b7a94", light: "#8a94a6" } as const;

export const storeColour = (theme: ThemeName, index: number): string => {
  const colours = STORE_COLOURS[theme];
  return colours[((index % colours.length) + colours.length) % colours.length] ?? UNKNOWN_COLOUR[theme];
};

/** "p42" → 42, the order in which people became known; unknown forms sort last. */
export const handleOf = (person: string): number => {
  const handle = Number.parseInt(person.slice(1), 10);
  return Number.isFinite(handle) ? handle : Number.MAX_SAFE_INTEGER;
};

/**
 * A root's place in the palette: its rank among the campaign's roots by handle. New stores come last, so a colour
 * never moves while a campaign runs, whatever the sorting on the page.
 */
export function colourIndexes(persons: readonly string[]): Map<string, number> {
  const ordered = [...persons].sort((a, b) => handleOf(a) - handleOf(b));
  return new Map(ordered.map((person, index) => [person, index]));
}
