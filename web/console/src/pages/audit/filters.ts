import type { AuditFilters } from "@/api/access";

/** The actions that have words; any other is shown as the server calls it. */
export const KNOWN_ACTIONS = [
  "workspace.founded", "session.opened", "session.ended",
  "staff.created", "staff.changed", "staff.deactivated", "staff.reactivated", "staff.password_changed", "staff.password_reset",
  "invitation.created", "invitation.replaced", "invitation.revoked", "invitation.accepted",
  "key.created", "key.renamed", "key.rotated", "key.revoked",
  "role.created", "role.changed", "role.deleted",
  "provider.created", "provider.changed", "provider.deleted", "sign_in.linked", "sign_in.unlinked",
  "product.saved", "stock.moved", "price_rule.set", "price_rule.removed", "order.cancelled", "order.refunded", "order.refund_asked_again", "order.given", "order.received",
  "campaign.created", "spread.minted",
  "ring.held", "ring.confirmed", "ring.cleared", "ring.reopened",
  "points.given", "points.taken_back",
  "unit.created", "unit.changed", "unit.deleted",
] as const;

type KnownAction = (typeof KNOWN_ACTIONS)[number];
type WordOf<Action> = Action extends `${infer Kind}.${infer Done}` ? `audit.action.${Kind}_${Done}` : never;

export const isKnown = (action: string): action is KnownAction => (KNOWN_ACTIONS as readonly string[]).includes(action);
export const wordOf = (action: KnownAction): WordOf<KnownAction> => `audit.action.${action.replace(".", "_")}` as WordOf<KnownAction>;

export const FILTERS = ["actor", "action", "subject", "ip", "from", "to"] as const;

/** The filters an address holds. */
export function filtersOf(params: URLSearchParams): AuditFilters {
  return Object.fromEntries(FILTERS.flatMap((name) => (params.get(name) ? [[name, params.get(name) as string]] : [])));
}

/** Midnight, where the browser is, of a day as a date field has it; `later` days on. The last day of a span ends with the next midnight. */
export function startOf(day: string, later = 0): string | null {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return null;
  return new Date(year, month - 1, date + later).toISOString();
}

/** The day a moment of the address is in, as a date field has it. */
export function dayOf(moment: string | null, later = 0): string {
  const time = new Date(moment ?? "");
  if (Number.isNaN(time.getTime())) return "";
  const day = new Date(time.getFullYear(), time.getMonth(), time.getDate() + later);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
