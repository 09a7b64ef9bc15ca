import { client, take } from "./client";
import type { components } from "./schema";

export type SystemStatus = components["schemas"]["SystemStatus"];
export type Finding = components["schemas"]["Finding"];

export const readSystem = (): Promise<SystemStatus> => take(client.GET("/api/v1/system"));
