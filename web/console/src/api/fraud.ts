import { client, take } from "./client";
import type { RingList, RingSearch, RingView } from "./types";

export type Verdict = "open" | "held" | "confirmed" | "cleared";

export interface RingFilters {
  verdict?: string;
  kind?: string;
  unit?: string;
  sort?: string;
}

/** The newest first, unless asked otherwise; `after` is the `next` of the page before. */
export const listRings = (filters: RingFilters, after: string | null): Promise<RingList> =>
  take(client.GET("/api/v1/fraud/rings", { params: { query: { ...filters, ...(after === null ? {} : { after }) } } }));

export const readRing = (ring: string): Promise<RingView> =>
  take(client.GET("/api/v1/fraud/rings/{ring}", { params: { path: { ring } } }));

/** Looks through everything now; whoever asks meanwhile waits for the same search. */
export const searchRings = (): Promise<RingSearch> => take(client.POST("/api/v1/fraud/search"));

/** Decides about all of them or about none; `open` takes a decision back. */
export const decideRings = async (rings: string[], verdict: Verdict, why: string | null): Promise<void> => {
  await take(client.POST("/api/v1/fraud/decisions", { body: { rings, verdict, why } }));
};

export const ringsCsv = (filters: RingFilters): string =>
  `/api/v1/fraud/rings?${new URLSearchParams({ ...filters, limit: "1000", format: "csv" }).toString()}`;
