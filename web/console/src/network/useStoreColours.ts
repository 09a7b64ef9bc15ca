import { useCallback, useMemo } from "react";
import { useCampaigns, useCascade } from "@/app/queries";
import { storeColour, UNKNOWN_COLOUR } from "@/app/theme/palette";
import { useThemeName } from "@/app/theme/useThemeName";
import { storesOf } from "./model";

/** Stores keep the colour they have in the picture, by unit: of the campaign shown, else of the largest. */
export function useStoreColours(campaign: string | null): (unit: string | null) => string {
  const theme = useThemeName();
  const campaigns = useCampaigns();
  const largest = [...(campaigns.data ?? [])].sort((a, b) => b.people - a.people)[0]?.id ?? null;
  const cascade = useCascade(campaign ?? largest);
  const colours = useMemo(
    () => new Map((cascade.data ? storesOf(cascade.data) : []).map((store) => [store.root?.unit?.id, store.colour] as const)),
    [cascade.data],
  );
  return useCallback(
    (unit) => {
      const colour = unit === null ? null : (colours.get(unit) ?? null);
      return colour === null ? UNKNOWN_COLOUR[theme] : storeColour(theme, colour);
    },
    [colours, theme],
  );
}
