import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];

export type Declaration = Words["PlayDeclaration"];
export type Play = Words["PlayView"];
export type PlayRow = Words["PlayRow"];
export type PlayPhase = Words["PlayPhase"];
export type PlayKind = Words["PlayKind"];
export type PlayChannel = Words["PlayChannel"];
export type PlayReward = Words["PlayReward"];
export type PlayRuling = Words["PlayRuling"];
export type GuardReport = Words["PlayGuardReport"];
export type PlayCheck = Words["PlayCheck"];
export type PlayGrant = Words["PlayGrant"];
export type PlayLedger = Words["PlayLedger"];

/** As many as the server tells at once. */
const PAGE = 1000;

const at = (play: string) => ({ path: { play } });

export const listPlays = async (): Promise<PlayRow[]> => {
  const plays: PlayRow[] = [];
  let after: string | undefined;
  do {
    const page = await take(client.GET("/api/v1/plays", { params: { query: { limit: PAGE, after } } }));
    plays.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return plays;
};

export const readPlay = (play: string): Promise<Play> => take(client.GET("/api/v1/plays/{play}", { params: at(play) }));

export const createPlay = (name: string, declaration: Declaration, key: string): Promise<Play> =>
  take(client.POST("/api/v1/plays", { params: { header: { "idempotency-key": key } }, body: { name, declaration } }));

export const updatePlay = (play: string, revision: number, name: string, declaration: Declaration): Promise<Play> =>
  take(client.PUT("/api/v1/plays/{play}", { params: at(play), body: { revision, name, declaration } }));

export const checkPlay = (declaration: Declaration): Promise<PlayCheck> => take(client.POST("/api/v1/play-checks", { body: declaration }));

export const launchPlay = (play: string, name: string, revision: number): Promise<Play> =>
  take(client.POST("/api/v1/plays/{play}/launch", { params: at(play), body: { name, revision } }));

export const switchPlay = (play: string, phase: "live" | "paused" | "ended"): Promise<Play> =>
  take(client.PUT("/api/v1/plays/{play}/phase", { params: at(play), body: { phase } }));

export const listGrants = async (play: string): Promise<{ items: PlayGrant[]; next: string | null }> => {
  const page = await take(client.GET("/api/v1/plays/{play}/rewards", { params: { ...at(play), query: { limit: 50 } } }));
  return { items: page.items, next: page.next ?? null };
};

export const readLedger = (play: string): Promise<PlayLedger> => take(client.GET("/api/v1/plays/{play}/ledger", { params: at(play) }));

export const playsCsv = (): string => "/api/v1/plays?format=csv&limit=1000";
export const grantsCsv = (play: string): string => `/api/v1/plays/${encodeURIComponent(play)}/rewards?format=csv&limit=1000`;
