import type { TimelineItem } from "@/api/types";

/** Which sentence tells of a fact; every event a brand invents has one. */
export type SentenceKind = "opened" | "shared" | "started" | "paid" | "paidIn" | "takenBack" | "restored" | "identified" | "viewed" | "grouped" | "aliased" | "other" | "otherOf";

export interface Sentence {
  kind: SentenceKind;
  /** What it was about: its own title, or the campaign's name. */
  title: string;
  event: string;
}

/** The sentence for a fact. `campaigns` knows the names of campaigns by id. */
export function sentenceOf(item: TimelineItem, campaigns: ReadonlyMap<string, string>): Sentence {
  const campaign = item.campaign ? (campaigns.get(item.campaign) ?? item.campaign) : "";
  const title = item.title ?? campaign;
  const told = (kind: SentenceKind): Sentence => ({ kind, title, event: item.event });
  if (item.type === "identify") return told("identified");
  if (item.type === "page" || item.type === "screen") return told("viewed");
  if (item.type === "group") return told("grouped");
  if (item.type === "alias") return told("aliased");
  if (item.event === "Spread Opened" && item.sharer) return told("opened");
  if (item.event === "Spread Shared") return told("shared");
  if (item.event === "Spread Started") return told("started");
  if (item.event === "Order Taken Back") return told("takenBack");
  if (item.event === "Profile Restored") return told("restored");
  if (item.amount_minor != null) return told(title ? "paidIn" : "paid");
  return told(title ? "otherOf" : "other");
}

/** Facts in runs of the same day, as the reader's clock has it; they come latest first. */
export function byDay(items: readonly TimelineItem[], dayOf: (at: string) => string): { day: string; items: TimelineItem[] }[] {
  const days: { day: string; items: TimelineItem[] }[] = [];
  for (const item of items) {
    const day = dayOf(item.at);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
