import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { LightRow } from "@/api/lights";
import { colourIndexes, storeColour, UNKNOWN_COLOUR, type ThemeName } from "@/app/theme/palette";
import { sharedPrefix } from "@/network/model";

/** A light as the page shows it: with a short name, and the colour its store has everywhere. */
export interface Named {
  row: LightRow;
  name: string;
  colour: string;
}

export function useNamed(rows: readonly LightRow[] | undefined, theme: ThemeName): Named[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const lights = rows ?? [];
    const colours = colourIndexes(lights.flatMap((row) => (row.root ? [row.root] : [])));
    const prefix = sharedPrefix(lights.flatMap((row) => (row.name ? [row.name] : [])));
    return lights.map((row) => {
      const index = row.root ? colours.get(row.root) : undefined;
      return {
        row,
        name: row.name?.slice(prefix.length) ?? t("lights.table.none"),
        colour: index === undefined ? UNKNOWN_COLOUR[theme] : storeColour(theme, index),
      };
    });
  }, [rows, theme, t]);
}
