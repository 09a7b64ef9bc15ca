import type { Act, Grant, Kind, Play, Try, View } from "./model";

/** What the server says of a play: `FanPlay`. */
export type FanPlay = {
  id: string;
  name?: string;
  kind: Kind;
  phase: "live" | "paused" | "ended";
  terms: string;
  organiser: string;
  starts_at: string;
  ends_at: string;
  friends: number;
  rewards: { id: string; name: string; value_fen: number; left: number; at: number | null; ppm: number | null }[];
  none_ppm: number | null;
  mine: FanInstance | null;
  got: FanGrant[];
};

/** And of somebody's try: `FanInstance`. */
export type FanInstance = {
  id: string;
  state: Try["state"];
  progress: number;
  goal: number;
  helpers: number;
  is_mine: boolean;
  helped?: boolean;
  deadline: string;
  seats: { paid: number; locked: number };
};

export type FanGrant = { reward: string; name: string; fen: number | null; state: Grant["state"]; until: string | null };

/** What an act brought at once: `FanPlayAnswer`. */
export type FanPlayAnswer = {
  instance: FanInstance | null;
  amount: number | null;
  drawn: FanGrant | null;
  card: string | null;
  claimed: FanGrant[];
  pay_by: string | null;
};

const time = (text: string): number => Date.parse(text);

export const grant = (one: FanGrant): Grant => ({ ...one, until: one.until ? time(one.until) : null });

const attemptOf = (one: FanInstance): Try => ({
  id: one.id, mine: one.is_mine, state: one.state, have: one.progress, need: one.goal, deadline: time(one.deadline), helped: one.helped ?? false,
});

function stateOf(said: FanPlay, now: number): Play["state"] {
  if (said.phase === "ended" || now >= time(said.ends_at)) return "over";
  if (said.phase === "paused") return "paused";
  return now < time(said.starts_at) ? "soon" : "open";
}

/** Plays that are one act when no friends are needed: nothing is begun that anybody could help. */
const INSTANT: Kind[] = ["lottery", "red_packet"];
/** Plays whose owner comes back every day, when no friends are needed. */
const DAILY: Kind[] = ["check_in", "card_set"];

function can(said: FanPlay, state: Play["state"], attempt: Try | null): Act[] {
  const acts: Act[] = [];
  const own = said.mine && attemptOf(said.mine);
  const kept = said.got.some((one) => one.state === "held");
  if (own && kept && (attempt === null || attempt.mine)) acts.push("claim");
  if (state !== "open") return acts;
  if (attempt && !attempt.mine && attempt.state === "open" && !attempt.helped) acts.push("help");
  if (attempt?.mine && attempt.state === "open" && said.friends === 0 && DAILY.includes(said.kind)) acts.push("check_in");
  const drawn = INSTANT.includes(said.kind) && said.friends === 0 && said.got.length > 0;
  const again = own === null || (own.state !== "open" && own.state !== "complete");
  // From a friend's page one's own try is one tap away, whether it has begun or not.
  if (!drawn && (again || (attempt !== null && !attempt.mine))) acts.push("join");
  return acts;
}

/** The answers of `plays/{play}` and, where the address names a try, of `instances/{instance}`. */
export function adapt([said, named]: [FanPlay, FanInstance?], now: number): View {
  const state = stateOf(said, now);
  const found = named ?? said.mine;
  const attempt = found && attemptOf(found);
  const play: Play = {
    id: said.id, kind: said.kind, title: said.name ?? said.rewards[0]?.name ?? said.id, rules: said.terms, organiser: said.organiser, state,
    startsAt: time(said.starts_at), endsAt: time(said.ends_at), nonePpm: said.none_ppm,
    prizes: said.rewards.map((reward) => ({ id: reward.id, name: reward.name, valueFen: reward.value_fen, left: reward.left, at: reward.at, ppm: reward.ppm })),
  };
  return { play, attempt, grants: said.got.map(grant), can: can(said, state, attempt) };
}

/** Where an act is sent. */
export function address(workspace: number, play: string, attempt: Try | null, act: Act): string {
  const of = `/api/v1/fan/${workspace}/plays/${encodeURIComponent(play)}`;
  const one = `${of}/instances/${encodeURIComponent(attempt?.id ?? "")}`;
  switch (act) {
    case "join": return `${of}/join`;
    case "check_in": return `${of}/check-in`;
    case "help": return `${one}/help`;
    case "claim": return `${one}/claim`;
  }
}
