import { client, take } from "./client";
import type { Campaign, NewCampaign } from "./types";

export const listCampaigns = async (): Promise<Campaign[]> => (await take(client.GET("/api/v1/campaigns"))).items;

export const createCampaign = (campaign: NewCampaign): Promise<Campaign> =>
  take(client.POST("/api/v1/campaigns", { body: campaign }));

/** Whether a fact has ever arrived; read for the first-steps list only. */
export const anyFactArrived = async (): Promise<boolean> =>
  (await take(client.GET("/api/v1/facts", { params: { query: { limit: 1 } } }))).items.length > 0;
