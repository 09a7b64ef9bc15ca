import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];
export type SpreadLink = Words["SpreadLink"];
export type Target = Words["Target"];
export type LinkKind = SpreadLink["kind"];
export type LinkState = SpreadLink["state"];
export type LinkCounts = Words["LinkCounts"];
export type LinkDay = Words["LinkDay"];
export type NewLink = Words["NewSpreadLink"];
export type PageBrief = Words["PageBrief"];
export type ContentPage = Words["ContentPage"];
export type PageDocument = Words["PageDocument"];
export type Block = Words["PageBlock"];

export interface LinkFilters {
  codes: boolean;
  q: string | null;
  campaign: string | null;
  unit: string | null;
  state: string | null;
}

interface List<Item> {
  items: Item[];
  next?: string | null | undefined;
}

const given = (query: Record<string, string | boolean | number | null | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).flatMap(([key, value]) => (value === null || value === undefined || value === "" ? [] : [[key, String(value)]])));
const csv = (path: string, query: Record<string, string>): string => `/api/v1/content/${path}?${new URLSearchParams({ ...query, format: "csv" })}`;

export const contentKeys = {
  links: (filters: LinkFilters) => ["content", "links", filters] as const,
  days: (link: string) => ["content", "days", link] as const,
  hosts: ["content", "hosts"] as const,
  pages: (q: string | null, published: string | null) => ["content", "pages", q, published] as const,
  page: (page: string) => ["content", "page", page] as const,
};

export const listLinks = (filters: LinkFilters, after: string | null): Promise<List<SpreadLink>> =>
  take(client.GET("/api/v1/content/links", { params: { query: given({ ...filters, after, limit: 50 }) as object } }));
export const linksCsv = (filters: LinkFilters): string => csv("links", given({ ...filters, limit: 1000 }));
export const createLink = (body: NewLink): Promise<SpreadLink> => take(client.POST("/api/v1/content/links", { body }));
export const changeLink = (link: string, body: Words["SpreadLinkChange"]): Promise<SpreadLink> =>
  take(client.PATCH("/api/v1/content/links/{link}", { params: { path: { link } }, body }));
export const listDays = (link: string, days: number): Promise<List<LinkDay>> =>
  take(client.GET("/api/v1/content/links/{link}/days", { params: { path: { link }, query: { days } } }));
export const daysCsv = (link: string): string => csv(`links/${encodeURIComponent(link)}/days`, { days: "366" });
export const qrOf = (link: string, picture: "svg" | "png"): string => `/api/v1/content/links/${encodeURIComponent(link)}/qr?picture=${picture}`;
/** The whole address of a link, as it is passed on. */
export const addressOf = (path: string): string => `${globalThis.location?.origin ?? ""}${path}`;

export const readHosts = async (): Promise<string[]> => (await take(client.GET("/api/v1/content/hosts"))).hosts;
export const putHosts = async (hosts: string[]): Promise<string[]> => (await take(client.PUT("/api/v1/content/hosts", { body: { hosts } }))).hosts;

export const listPages = (q: string | null, published: string | null, after: string | null, limit = 50): Promise<List<PageBrief>> =>
  take(client.GET("/api/v1/content/pages", { params: { query: given({ q, published, after, limit }) as object } }));
export const pagesCsv = (q: string | null, published: string | null): string => csv("pages", given({ q, published, limit: 1000 }));
export const readPage = (page: string): Promise<ContentPage> => take(client.GET("/api/v1/content/pages/{page}", { params: { path: { page } } }));
export const createPage = (body: Words["NewPage"]): Promise<ContentPage> => take(client.POST("/api/v1/content/pages", { body }));
export const writePage = (page: string, revision: number, draft: PageDocument): Promise<ContentPage> =>
  take(client.PUT("/api/v1/content/pages/{page}", { params: { path: { page } }, body: { revision, draft } }));
export const publishPage = (page: string, revision: number): Promise<ContentPage> =>
  take(client.POST("/api/v1/content/pages/{page}/publication", { params: { path: { page } }, body: { revision } }));
export const withdrawPage = (page: string): Promise<ContentPage> => take(client.DELETE("/api/v1/content/pages/{page}/publication", { params: { path: { page } } }));
export const readVersion = (page: string, version: number): Promise<PageDocument> =>
  take(client.GET("/api/v1/content/pages/{page}/versions/{version}", { params: { path: { page, version } } }));
