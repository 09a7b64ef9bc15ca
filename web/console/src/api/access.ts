import { client, take } from "./client";
import type { AuditEntry, InvitationWelcome, Session, SessionItem } from "./types";

/** Whether this installation still waits for its first brand. */
export const setupNeeded = async (): Promise<boolean> => (await take(client.GET("/api/v1/setup"))).needed;

export interface FirstBrand {
  token: string;
  brand: string;
  name: string;
  email: string;
  password: string;
}
export const setUp = (body: FirstBrand): Promise<Session> => take(client.POST("/api/v1/setup", { body }));

export const changePassword = async (old_password: string, password: string): Promise<void> => {
  await take(client.POST("/api/v1/session/password", { body: { old_password, password } }));
};

export const readInvitation = (token: string): Promise<InvitationWelcome> =>
  take(client.POST("/api/v1/invitations/read", { body: { token } }));

export const acceptInvitation = (token: string, name: string, password: string): Promise<Session> =>
  take(client.POST("/api/v1/invitations/accept", { body: { token, name, password } }));

export const listSessions = async (): Promise<SessionItem[]> => (await take(client.GET("/api/v1/sessions"))).items;

export const endSession = async (session: string): Promise<void> => {
  await take(client.DELETE("/api/v1/sessions/{session}", { params: { path: { session } } }));
};

/** All but the one that asks. */
export const endOtherSessions = async (): Promise<void> => {
  await take(client.DELETE("/api/v1/sessions"));
};

export interface AuditFilters {
  actor?: string;
  action?: string;
  subject?: string;
  from?: string;
  to?: string;
}

/** The latest first; `after` is the `next` of the page before. */
export const listAudit = (filters: AuditFilters, after: string | null): Promise<{ items: AuditEntry[]; next?: string | null }> =>
  take(client.GET("/api/v1/audit", { params: { query: { ...filters, ...(after === null ? {} : { after: Number(after) }) } } }));
