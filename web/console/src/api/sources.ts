import { client, take } from "./client";
import type { FactRow, RejectedRow, VolumeRow } from "./types";

export const KINDS = ["track", "identify", "page", "screen", "group", "alias"] as const;
export type Kind = (typeof KINDS)[number];

export interface FactFilters {
  event?: string;
  source?: string;
  type?: Kind;
  user_id?: string;
  anonymous_id?: string;
  person?: string;
}

export interface Rows<Row> {
  items: Row[];
  next?: string | null;
}

const from = (after: string | null): { after?: number } => (after === null ? {} : { after: Number(after) });

/** The newest first; `after` is the `next` of the page before. */
export const latestFacts = (filters: FactFilters, after: string | null, limit: number): Promise<Rows<FactRow>> =>
  take(client.GET("/api/v1/facts", { params: { query: { ...filters, order: "newest", limit, ...from(after) } } }));

export interface RejectedFilters {
  reason?: string;
  source?: string;
}

export const listRejected = (filters: RejectedFilters, after: string | null): Promise<Rows<RejectedRow>> =>
  take(client.GET("/api/v1/facts/rejected", { params: { query: { ...filters, ...from(after) } } }));

export const readVolume = async (minutes: number): Promise<VolumeRow[]> =>
  (await take(client.GET("/api/v1/facts/volume", { params: { query: { minutes } } }))).items;
