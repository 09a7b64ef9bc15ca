import { COLOURS } from "@/app/theme/tokens";
import { storeColour, UNKNOWN_COLOUR, type ThemeName } from "@/app/theme/palette";
import type { CrowdLook } from "./crowd";

/** How the stage is painted in a theme; `colourOf[i]` is the palette place of root `i`, or null for none. */
export function crowdLook(theme: ThemeName, colourOf: readonly (number | null)[]): CrowdLook {
  const dark = theme === "dark";
  return {
    stores: colourOf.map((place) => (place === null ? UNKNOWN_COLOUR[theme] : storeColour(theme, place))),
    accent: dark ? "#FFB938" : "#F09A0C",
    out: COLOURS[theme].bad,
    centre: dark ? "#FFFFFF" : "#0F1B2D",
    ring: dark ? "#0A1120" : "#FFFFFF",
    ghost: dark ? "#55637c" : "#9AA6B8",
    ghostAlpha: dark ? 0.16 : 0.2,
    visitorAlpha: dark ? 0.42 : 0.4,
    leafLine: dark ? 0.13 : 0.2,
    branchLine: dark ? 0.42 : 0.5,
  };
}
