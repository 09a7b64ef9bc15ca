import type { TFunction } from "i18next";
import type { SourceHealth } from "@/api/types";

export const STATE_COLOUR: Record<SourceHealth["state"], string> = { alarm: "red", notice: "gold", learning: "blue", fine: "green" };

export const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number => items.reduce((all, item) => all + of(item), 0);

/** How long ago, in the largest unit that fits. */
export function ago(t: TFunction, secs: number | null | undefined): string {
  if (secs == null) return t("health.fresh.never");
  if (secs < 60) return t("health.fresh.now");
  if (secs < 3600) return t("health.fresh.minutes", { count: Math.floor(secs / 60) });
  if (secs < 2 * 86_400) return t("health.fresh.hours", { count: Math.floor(secs / 3600) });
  return t("health.fresh.days", { count: Math.floor(secs / 86_400) });
}
