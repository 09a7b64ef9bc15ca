import { client, take } from "./client";
import type { Campaign, NewCampaign } from "./types";

/** As many as the server tells at once. */
const PAGE = 1000;

/** All campaigns, the newest first, page after page: whoever looks for one by name must find it, however old it is. */
export const listCampaigns = async (): Promise<Campaign[]> => {
  const campaigns: Campaign[] = [];
  let after: string | undefined;
  do {
    const page = await take(client.GET("/api/v1/campaigns", { params: { query: { limit: PAGE, after } } }));
    campaigns.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return campaigns;
};

export const createCampaign = (campaign: NewCampaign): Promise<Campaign> =>
  take(client.POST("/api/v1/campaigns", { body: campaign }));

/** Whether a fact has ever arrived; read for the first-steps list only. */
export const anyFactArrived = async (): Promise<boolean> =>
  (await take(client.GET("/api/v1/facts", { params: { query: { limit: 1 } } }))).items.length > 0;
