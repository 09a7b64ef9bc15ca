/** A play and somebody's try, as the pages think of them. `adapt.ts` makes them from what the server says. */

export type Kind = "assist" | "free_gift" | "referral" | "group_buy" | "bargain" | "red_packet" | "lottery" | "card_set" | "check_in";

export type Prize = { id: string; name: string; valueFen: number; left: number; at: number | null; ppm: number | null };

export type Play = {
  id: string;
  kind: Kind;
  title: string;
  rules: string;
  organiser: string;
  state: "soon" | "open" | "paused" | "over";
  startsAt: number;
  endsAt: number;
  prizes: Prize[];
  /** Of a draw: how often nothing is won, of a million. */
  nonePpm: number | null;
};

/** Something somebody got, or that is kept for them. */
export type Grant = { reward: string; name: string; state: "held" | "given" | "void" | "back"; until: number | null; fen: number | null };

export type Try = {
  id: string;
  mine: boolean;
  state: "open" | "complete" | "expired" | "cancelled";
  have: number;
  need: number;
  deadline: number;
  /** Whether whoever looks helped already. */
  helped: boolean;
};

export type View = {
  play: Play;
  /** The try the address names, else one's own. */
  attempt: Try | null;
  /** What whoever looks got out of this play. */
  grants: Grant[];
  /** What whoever looks may do now, as far as the page knows; the server decides. */
  can: Act[];
};

export type Act = "join" | "help" | "claim" | "check_in";

/** The one thing to do now: what the large button is for. */
export type Step =
  | { do: "wait"; why: "soon" | "paused" | "over" | "helped" | "closed" }
  | { do: Act }
  | { do: "invite" }
  | { do: "done" };

export function next({ play, attempt, grants, can }: View): Step {
  // What was reached can be claimed after the play is over.
  if (can.includes("claim")) return { do: "claim" };
  const foreign = attempt !== null && !attempt.mine;
  if (foreign && can.includes("help")) return { do: "help" };
  if (can.includes("check_in")) return { do: "check_in" };
  if (attempt?.mine && attempt.state === "open" && play.state === "open") return { do: "invite" };
  if (!foreign && grants.some((grant) => grant.state === "given")) return { do: "done" };
  if (can.includes("join")) return { do: "join" };
  if (foreign && attempt.helped) return { do: "wait", why: "helped" };
  return { do: "wait", why: play.state === "open" ? "closed" : play.state };
}

/** How much of the way is done, from 0 to 1. Never full before it is. */
export const portion = (have: number, need: number): number => (need <= 0 ? 0 : have >= need ? 1 : Math.min(0.99, have / need));

/** Days, hours, minutes and seconds until then. */
export function left(until: number, now: number): { days: number; clock: string } | null {
  const secs = Math.floor((until - now) / 1000);
  if (secs <= 0) return null;
  const two = (n: number): string => String(n).padStart(2, "0");
  return { days: Math.floor(secs / 86_400), clock: [Math.floor(secs / 3600) % 24, Math.floor(secs / 60) % 60, secs % 60].map(two).join(":") };
}
