import { client, take } from "./client";
import type { ApiKey, NewApiKey, StaffMember, Unit } from "./types";

export const listUnits = async (): Promise<Unit[]> => (await take(client.GET("/api/v1/units"))).items;

export const listStaff = async (): Promise<StaffMember[]> => (await take(client.GET("/api/v1/staff"))).items;

export const listKeys = async (): Promise<ApiKey[]> => (await take(client.GET("/api/v1/keys"))).items;

export const createKey = (kind: "write" | "secret", name: string): Promise<NewApiKey> =>
  take(client.POST("/api/v1/keys", { body: { kind, name } }));

export const revokeKey = async (key: string): Promise<void> => {
  await take(client.DELETE("/api/v1/keys/{key}", { params: { path: { key } } }));
};
