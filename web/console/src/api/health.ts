import { client, take } from "./client";
import type { ShapeRow, SourceHealth } from "./types";

/** Whatever is urgent first. */
export const listHealth = async (): Promise<SourceHealth[]> => (await take(client.GET("/api/v1/facts/health", { params: { query: {} } }))).items;

export const listShapes = async (source: string): Promise<ShapeRow[]> =>
  (await take(client.GET("/api/v1/facts/health/shapes", { params: { query: { source } } }))).items;

export const HEALTH_CSV = "/api/v1/facts/health?format=csv";
export const shapesCsv = (source: string): string => `/api/v1/facts/health/shapes?${new URLSearchParams({ source, format: "csv" }).toString()}`;
