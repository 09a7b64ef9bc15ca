import { client, take } from "./client";
import type { ApiKey, Invitation, InvitationIssued, NewApiKey, NewInvitation, StaffChange, StaffMember, Unit } from "./types";

export const listUnits = async (): Promise<Unit[]> => (await take(client.GET("/api/v1/units"))).items;

export const listStaff = async (): Promise<StaffMember[]> => (await take(client.GET("/api/v1/staff"))).items;

/** With those who may not come in any more. */
export const listAllStaff = async (): Promise<StaffMember[]> =>
  (await take(client.GET("/api/v1/staff", { params: { query: { state: "all" } } }))).items;

export const changeStaff = (staff: string, body: StaffChange): Promise<StaffMember> =>
  take(client.PATCH("/api/v1/staff/{staff}", { params: { path: { staff } }, body }));

/** The password made for them, told this once. */
export const resetPassword = async (staff: string): Promise<string> =>
  (await take(client.POST("/api/v1/staff/{staff}/reset-password", { params: { path: { staff } } }))).password;

export const listInvitations = async (): Promise<Invitation[]> => (await take(client.GET("/api/v1/invitations"))).items;

export const invite = (body: NewInvitation): Promise<InvitationIssued> => take(client.POST("/api/v1/invitations", { body }));

export const revokeInvitation = async (invitation: string): Promise<void> => {
  await take(client.DELETE("/api/v1/invitations/{invitation}", { params: { path: { invitation } } }));
};

export const listKeys = async (): Promise<ApiKey[]> => (await take(client.GET("/api/v1/keys"))).items;

export const createKey = (kind: "write" | "secret", name: string): Promise<NewApiKey> =>
  take(client.POST("/api/v1/keys", { body: { kind, name } }));

export const revokeKey = async (key: string): Promise<void> => {
  await take(client.DELETE("/api/v1/keys/{key}", { params: { path: { key } } }));
};

/** A new secret for the same key; the old one works on for a while ("grace") or ends at once. */
export const rotateKey = (key: string, old: "grace" | "end"): Promise<NewApiKey> =>
  take(client.POST("/api/v1/keys/{key}/rotate", { params: { path: { key } }, body: { old } }));
