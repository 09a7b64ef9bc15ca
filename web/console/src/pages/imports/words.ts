import type { Import, ImportKind, ImportMapping, ImportPreviewRow, ImportState } from "@/api/types";

export const WORKING: readonly ImportState[] = ["checking", "running", "undoing"];
export const isWorking = (state: ImportState): boolean => WORKING.includes(state);
export const isOpen = (state: ImportState): boolean => state === "draft" || state === "checked" || state === "checking";

export const STATE_COLOUR = {
  draft: "default", checking: "processing", checked: "blue", running: "processing", done: "green", undoing: "processing", undone: "orange",
} as const satisfies Record<ImportState, string>;

const OF_PEOPLE = ["user_id", "name", "phone", "wechat", "city", "at"] as const;
const OF_ORDERS = ["user_id", "order_id", "amount", "amount_minor", "at", "currency", "campaign", "status"] as const;
type Known = (typeof OF_PEOPLE)[number] | (typeof OF_ORDERS)[number];
export const fieldsOf = (kind: ImportKind): readonly Known[] => (kind === "people" ? OF_PEOPLE : OF_ORDERS);

/** The word a field has in the console's words. */
export const fieldWord = (kind: ImportKind, field: Known) => (field === "at" ? (`at_${kind}` as const) : field);

export type Complaint = "needPerson" | "needAmount" | "needAt" | "twice";

/** Why a mapping cannot be sent, if it cannot. */
export function complaintOf(kind: ImportKind, mapping: ImportMapping): Complaint | null {
  const used = mapping.columns.filter((word) => word !== "");
  if (new Set(used).size < used.length) return "twice";
  if (!used.includes("user_id")) return "needPerson";
  if (kind === "people") return null;
  if (used.includes("amount") && used.includes("amount_minor")) return "twice";
  if (!used.includes("amount") && !used.includes("amount_minor")) return "needAmount";
  return used.includes("at") ? null : "needAt";
}

/** What a row of the preview would do. */
export type Outcome = "new" | "changed" | "same" | "rejected" | null;
export const outcomeOf = (row: ImportPreviewRow): Outcome => row.verdict ?? (row.reason ? "rejected" : null);

/** Smallest units as money of their currency: not every one has hundredths. */
export function amountWords(minor: number, currency: string, language: string): string {
  try {
    const money = new Intl.NumberFormat(language, { style: "currency", currency });
    return money.format(minor / 10 ** (money.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${minor} ${currency}`;
  }
}

/** Rows that an import would bring, as far as they are counted. */
export const bringing = (one: Import): number => (one.state === "checked" ? one.counts.new + one.counts.changed : one.rows);
