import { client, take } from "./client";
import type { Cascade, KocList, PersonNetwork } from "./types";

export const readCascade = (campaign: string): Promise<Cascade> =>
  take(client.GET("/api/v1/campaigns/{campaign}/cascade", { params: { path: { campaign } } }));

export const listKocs = (campaign: string, root: string | null, limit: number): Promise<KocList> =>
  take(
    client.GET("/api/v1/campaigns/{campaign}/kocs", {
      params: { path: { campaign }, query: { limit, ...(root ? { root } : {}) } },
    }),
  );

/** The whole cascade, or one root's part, as the "SLP2" binary; see `network/picture/decode.ts`. */
export const readPicture = (campaign: string, root: string | null): Promise<ArrayBuffer> =>
  take(
    client.GET("/api/v1/campaigns/{campaign}/picture", {
      params: { path: { campaign }, query: root ? { root } : {} },
      parseAs: "arrayBuffer",
    }),
  ) as Promise<ArrayBuffer>;

export const readPerson = (person: string): Promise<PersonNetwork> =>
  take(client.GET("/api/v1/persons/{person}/network", { params: { path: { person } } }));

const csv = (campaign: string, what: "cascade" | "kocs", query: Record<string, string>): string =>
  `/api/v1/campaigns/${encodeURIComponent(campaign)}/${what}?${new URLSearchParams({ ...query, format: "csv" })}`;

/** One line per root and circle. */
export const cascadeCsv = (campaign: string): string => csv(campaign, "cascade", {});

export const kocsCsv = (campaign: string, root: string | null): string =>
  csv(campaign, "kocs", { limit: "1000", ...(root ? { root } : {}) });
