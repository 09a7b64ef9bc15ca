import { client, take } from "./client";
import type { AuditEntry, InvitationWelcome, NewProvider, NewRole, PermissionWords, Provider, ProviderChange, Role, Session, SessionItem, SignInDoor, SignInLink } from "./types";

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
  ip?: string;
  from?: string;
  to?: string;
}

/** The latest first; `after` is the `next` of the page before. */
export const listAudit = (filters: AuditFilters, after: string | null): Promise<{ items: AuditEntry[]; next?: string | null }> =>
  take(client.GET("/api/v1/audit", { params: { query: { ...filters, ...(after === null ? {} : { after: Number(after) }) } } }));

export const listRoles = async (): Promise<Role[]> => (await take(client.GET("/api/v1/roles"))).items;

/** Everything that roles may allow, in words. */
export const listPermissions = async (): Promise<PermissionWords[]> => (await take(client.GET("/api/v1/permissions"))).items;

export const createRole = (body: NewRole): Promise<Role> => take(client.POST("/api/v1/roles", { body }));

export const changeRole = (role: string, body: NewRole): Promise<Role> =>
  take(client.PATCH("/api/v1/roles/{role}", { params: { path: { role } }, body }));

export const deleteRole = async (role: string): Promise<void> => {
  await take(client.DELETE("/api/v1/roles/{role}", { params: { path: { role } } }));
};

/** The providers that the sign-in page offers. */
export const listDoors = async (): Promise<SignInDoor[]> => (await take(client.GET("/api/v1/sign-in"))).items;

/** The provider's page, to sign in there and come back to `return_to`. */
export const beginSignIn = async (provider: string, return_to: string): Promise<string> =>
  (await take(client.POST("/api/v1/sign-in/{provider}", { params: { path: { provider } }, body: { return_to } }))).url;

export const listLinks = async (): Promise<SignInLink[]> => (await take(client.GET("/api/v1/session/providers"))).items;

/** The provider's page, to say there who one is. */
export const beginLink = async (provider: string, return_to: string): Promise<string> =>
  (await take(client.POST("/api/v1/session/providers/{provider}", { params: { path: { provider } }, body: { return_to } }))).url;

export const unlink = async (provider: string): Promise<void> => {
  await take(client.DELETE("/api/v1/session/providers/{provider}", { params: { path: { provider } } }));
};

export const listProviders = async (): Promise<Provider[]> => (await take(client.GET("/api/v1/providers"))).items;

export const addProvider = (body: NewProvider): Promise<Provider> => take(client.POST("/api/v1/providers", { body }));

export const changeProvider = (provider: string, body: ProviderChange): Promise<Provider> =>
  take(client.PATCH("/api/v1/providers/{provider}", { params: { path: { provider } }, body }));

export const deleteProvider = async (provider: string): Promise<void> => {
  await take(client.DELETE("/api/v1/providers/{provider}", { params: { path: { provider } } }));
};
