import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];

export type StudyRow = Words["StudyRow"];
export type StudyView = Words["StudyView"];
export type SeedsAsked = Words["SeedsAsked"];
export type SeedsAnswer = Words["SeedsAnswer"];
export type SeedRow = Words["SeedRow"];
export type ForecastAsked = Words["ForecastAsked"];
export type ForecastAnswer = Words["ForecastAnswer"];
export type StudyKind = "seeds" | "forecast";

export const listStudies = async (kind: StudyKind): Promise<StudyRow[]> =>
  (await take(client.GET("/api/v1/network/studies", { params: { query: { kind } } }))).items;

export const readStudy = (study: string): Promise<StudyView> =>
  take(client.GET("/api/v1/network/studies/{study}", { params: { path: { study } } }));

export const removeStudy = async (study: string): Promise<void> => {
  await take(client.DELETE("/api/v1/network/studies/{study}", { params: { path: { study } } }));
};

export const startSeeds = (body: SeedsAsked): Promise<StudyRow> => take(client.POST("/api/v1/network/seed-plans", { body }));

export const startForecast = (body: ForecastAsked): Promise<StudyRow> =>
  take(client.POST("/api/v1/network/forecasts", { body }));

export const studyCsv = (study: string): string => `/api/v1/network/studies/${encodeURIComponent(study)}?format=csv`;
