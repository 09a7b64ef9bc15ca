import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];

export type ConflictList = Words["ConflictList"];
export type ConflictRow = Words["ConflictRow"];
export type ConflictAnswer = Words["ConflictAnswer"];
export type ConflictState = "open" | "decided" | "gone" | "all";
export type DecisionAsked = Words["DecisionAsked"];
export type DecisionPreview = Words["DecisionPreview"];
export type DecisionRow = Words["DecisionRow"];
export type PreviewPerson = Words["PreviewPerson"];
export type Side = Words["Side"];
export type NamespaceRow = Words["NamespaceRow"];
export type NamespaceSaid = Words["NamespaceSaid"];
export type NamespaceLevel = Words["NamespaceLevel"];
export type IdentityEvidence = Words["IdentityEvidenceView"];
export type IdentityRow = Words["IdentityRow"];
export type EvidenceRow = Words["EvidenceRow"];

export const listConflicts = (state: ConflictState, reason: string | null, after: string | null): Promise<ConflictList> =>
  take(client.GET("/api/v1/identity/conflicts", { params: { query: { state, ...(reason ? { reason } : {}), ...(after ? { after } : {}) } } }));

export const conflictsCsv = (state: ConflictState, reason: string | null): string =>
  `/api/v1/identity/conflicts?${new URLSearchParams({ state, ...(reason ? { reason } : {}), format: "csv" })}`;

export const listDecisions = (after: string | null): Promise<{ items: DecisionRow[]; next?: string | null }> =>
  take(client.GET("/api/v1/identity/decisions", { params: { query: after ? { after } : {} } }));

export const DECISIONS_CSV = "/api/v1/identity/decisions?format=csv";

export const previewDecision = (decide: DecisionAsked): Promise<DecisionPreview> =>
  take(client.POST("/api/v1/identity/preview", { body: { decide } }));

export const makeDecision = (decide: DecisionAsked, reason: string, key: string): Promise<{ decision: string }> =>
  take(client.POST("/api/v1/identity/decisions", { body: { decide, reason }, headers: { "Idempotency-Key": key } }));

export const listNamespaces = (): Promise<{ items: NamespaceRow[] }> => take(client.GET("/api/v1/identity/namespaces"));

export const NAMESPACES_CSV = "/api/v1/identity/namespaces?format=csv";

export const declareNamespace = (key: string, said: NamespaceSaid): Promise<NamespaceRow> =>
  take(client.PUT("/api/v1/identity/namespaces/{key}", { params: { path: { key } }, body: said }));

export const listIdentities = (person: string): Promise<IdentityEvidence> =>
  take(client.GET("/api/v1/persons/{person}/identities", { params: { path: { person } } }));

export const identitiesCsv = (person: string): string => `/api/v1/persons/${encodeURIComponent(person)}/identities?format=csv`;
