import { client, take } from "./client";
import type { KocBoard, ThresholdSet } from "./types";

/** What a board is asked for; the words are those of the API. */
export interface BoardFilters {
  campaign?: string;
  unit?: string;
  city?: string;
  circle?: number;
  kind?: "fan" | "visitor";
  kocs_only?: boolean;
}

/** From where on somebody counts as a KOC. */
export interface Threshold {
  by: "score" | "percent";
  value: number;
}

const tried = (threshold: Threshold | null) => (threshold ? { threshold_by: threshold.by, threshold: threshold.value } : {});

export const readBoard = (filters: BoardFilters, threshold: Threshold | null, after: number | null, limit: number, signal?: AbortSignal): Promise<KocBoard> =>
  take(
    client.GET("/api/v1/network/kocs", {
      params: { query: { ...filters, ...tried(threshold), limit, ...(after === null ? {} : { after }) } },
      ...(signal ? { signal } : {}),
    }),
  );

/** The first thousand that match, with their reasons. */
export const boardCsv = (filters: BoardFilters): string => {
  const words = Object.entries(filters).map(([name, value]): [string, string] => [name, String(value)]);
  return `/api/v1/network/kocs?${new URLSearchParams([...words, ["limit", "1000"], ["format", "csv"]])}`;
};

export const setThreshold = (board: "across" | "inside", threshold: Threshold): Promise<ThresholdSet> =>
  take(client.PUT("/api/v1/network/kocs/threshold", { body: { board, ...threshold } }));
