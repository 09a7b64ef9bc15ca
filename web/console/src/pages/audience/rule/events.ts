import type { TFunction } from "i18next";

/** Facts the house itself knows have words of their own; a brand calls its own what it likes. */
const KNOWN = {
  "*": "any",
  "Spread Started": "started",
  "Spread Shared": "shared",
  "Spread Opened": "opened",
  "Order Paid": "paid",
  "Friend Added": "befriended",
  "Group Joined": "joinedGroup",
  "Bought Together": "boughtTogether",
  "Signed Up": "signedUp",
  "Consent Given": "consented",
  "Consent Withdrawn": "withdrew",
  "Reach Asked": "reachAsked",
  "Reach Answered": "reachAnswered",
  "Tag Put On": "tagOn",
  "Tag Taken Off": "tagOff",
  "Segment Entered": "entered",
  "Segment Left": "left",
} as const;

const isKnown = (event: string): event is keyof typeof KNOWN => Object.hasOwn(KNOWN, event);

export const eventName = (t: TFunction, event: string): string => (isKnown(event) ? t(`rules.event.${KNOWN[event]}`) : event);

export const ANY_EVENT = "*";
