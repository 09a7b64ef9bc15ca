import { client, take } from "./client";
import type { Session } from "./types";

export const currentSession = (): Promise<Session> => take(client.GET("/api/v1/session"));

export const signIn = (email: string, password: string): Promise<Session> =>
  take(client.POST("/api/v1/session", { body: { email, password } }));

export const signOut = async (): Promise<void> => {
  await take(client.DELETE("/api/v1/session"));
};
