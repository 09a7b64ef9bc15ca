import { client, take } from "./client";
import type { Comparison, EgoView } from "./types";

/** Whose surroundings, and who of them; the words are those of the API. */
export interface EgoQuery {
  person: string;
  circles: number;
  limit: number;
  from?: string;
  to?: string;
  unit?: string;
  tag?: string;
  is_fan?: boolean;
  has_paid?: boolean;
}

export const readEgo = (query: EgoQuery, signal?: AbortSignal): Promise<EgoView> =>
  take(client.GET("/api/v1/network/ego", { params: { query }, ...(signal ? { signal } : {}) }));

export const egoCsv = (query: EgoQuery): string => {
  const words = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
  return `/api/v1/network/ego?${new URLSearchParams([...words, ["format", "csv"]])}`;
};

export const compareCampaigns = (campaigns: readonly string[]): Promise<Comparison> =>
  take(client.GET("/api/v1/network/compare", { params: { query: { campaigns: campaigns.join(",") } } }));

export const compareCsv = (campaigns: readonly string[]): string =>
  `/api/v1/network/compare?${new URLSearchParams({ campaigns: campaigns.join(","), format: "csv" })}`;
