import { client, take } from "./client";
import type { Consents, ConsentState, PersonDetail, PersonExport, PersonList, RevealField, TimelineItem } from "./types";

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

export const listConsents = (person: string): Promise<Consents> =>
  take(client.GET("/api/v1/persons/{person}/consents", { params: { path: { person } } }));

export const recordConsent = (person: string, purpose: ConsentState["purpose"], is_given: boolean, channel: string): Promise<unknown> =>
  take(client.POST("/api/v1/persons/{person}/consents", { params: { path: { person } }, body: { purpose, is_given, channel } }));

export const revealPerson = (person: string, field: RevealField, reason: string): Promise<{ value?: string | null }> =>
  take(client.POST("/api/v1/persons/{person}/reveal", { params: { path: { person } }, body: { field, reason } }));

export const exportPerson = (person: string, reason: string): Promise<PersonExport> =>
  take(client.POST("/api/v1/persons/{person}/export", { params: { path: { person } }, body: { reason } }));
