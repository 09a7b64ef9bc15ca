import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];
export type LightList = Words["LightList"];
export type LightRow = Words["LightRow"];
export type LightView = Words["LightView"];
export type LitList = Words["LitList"];
export type OverlapList = Words["OverlapList"];
export type DarkWater = Words["DarkWater"];
export type NewLightList = Words["NewLightList"];
export type Band = "well" | "weak" | "barely";
export type DarkReason = Words["DarkReason"];
export type Grouping = "unit" | "staff" | "channel" | "campaign";

/** Which lights are asked for; the words are those of the API. */
export interface LightsAsked {
  by: Grouping;
  campaign?: string;
  threshold?: number;
}

export interface LitAsked {
  band?: Band;
  circle?: number;
}

/** A light by its id; null for the roots that name none. */
const named = (light: string | null) => (light === null ? {} : { light });

export const listLights = (asked: LightsAsked) => take(client.GET("/api/v1/network/lights", { params: { query: { ...asked } } }));

export const listOverlaps = (asked: LightsAsked) => take(client.GET("/api/v1/network/light-overlaps", { params: { query: { ...asked } } }));

export const listDark = (asked: LightsAsked, reason: DarkReason | null) =>
  take(client.GET("/api/v1/network/dark-water", { params: { query: { ...asked, ...(reason ? { reason } : {}) } } }));

export const listNewLights = (asked: LightsAsked) => take(client.GET("/api/v1/network/new-lights", { params: { query: { ...asked } } }));

export const readLight = (asked: LightsAsked, light: string | null) =>
  take(client.GET("/api/v1/network/light", { params: { query: { ...asked, ...named(light) } } }));

export const listLit = (asked: LightsAsked, light: string | null, lit: LitAsked) =>
  take(client.GET("/api/v1/network/light/people", { params: { query: { ...asked, ...named(light), ...lit } } }));

const csv = (what: string, query: object): string => {
  const told = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return `/api/v1/network/${what}?${new URLSearchParams([...told.map(([key, value]) => [key, String(value)]), ["format", "csv"]])}`;
};

export const lightsCsv = (asked: LightsAsked): string => csv("lights", asked);
export const overlapsCsv = (asked: LightsAsked): string => csv("light-overlaps", asked);
export const darkCsv = (asked: LightsAsked, reason: DarkReason | null): string => csv("dark-water", { ...asked, reason, limit: 10_000 });
export const newLightsCsv = (asked: LightsAsked): string => csv("new-lights", asked);
export const litCsv = (asked: LightsAsked, light: string | null, lit: LitAsked): string => csv("light/people", { ...asked, light, ...lit, limit: 10_000 });
