import { client, take } from "./client";
import type { PersonDetail, PersonList, TimelineItem } from "./types";

/** What people are looked for by; the words are those of the API. */
export interface PeopleFilters {
  q?: string;
  kind?: "fan" | "visitor";
  city?: string;
  unit?: string;
  seen_from?: string;
}

export const findPeople = (filters: PeopleFilters, after: string | null, limit: number, signal?: AbortSignal): Promise<PersonList> =>
  take(client.GET("/api/v1/persons", { params: { query: { ...filters, limit, ...(after ? { after } : {}) } }, ...(signal ? { signal } : {}) }));

export const peopleCsv = (filters: PeopleFilters): string =>
  `/api/v1/persons?${new URLSearchParams({ ...filters, format: "csv" } as Record<string, string>)}`;

export const readPersonDetail = (person: string): Promise<PersonDetail> =>
  take(client.GET("/api/v1/persons/{person}", { params: { path: { person } } }));

export const listTimeline = (person: string, event: string | null, after: string | null): Promise<{ items: TimelineItem[]; next?: string | null }> =>
  take(
    client.GET("/api/v1/persons/{person}/timeline", {
      params: { path: { person }, query: { limit: 50, ...(event ? { event } : {}), ...(after ? { after: Number(after) } : {}) } },
    }),
  );
