import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Target } from "@/api/content";

/** Where something leads, in words. */
export function useTargetWords(): (target: Target) => string {
  const { t } = useTranslation();
  return useCallback(
    (target) => {
      switch (target.kind) {
        case "page": return t("spread.target.pageOf", { id: target.page });
        case "play": return t("spread.target.playOf", { id: target.play });
        case "product": return t("spread.target.productOf", { id: target.product });
        case "url": return target.url;
      }
    },
    [t],
  );
}

export type TargetKind = Target["kind"];
export const TARGETS: readonly TargetKind[] = ["page", "play", "product", "url"];

/** A target out of the two fields of a form. */
export function targetOf(kind: TargetKind, value: string): Target {
  switch (kind) {
    case "page": return { kind, page: value };
    case "play": return { kind, play: value };
    case "product": return { kind, product: value };
    case "url": return { kind, url: value };
  }
}

/** The second of the two fields. */
export function valueOf(target: Target): string {
  switch (target.kind) {
    case "page": return target.page;
    case "play": return target.play;
    case "product": return target.product;
    case "url": return target.url;
  }
}
