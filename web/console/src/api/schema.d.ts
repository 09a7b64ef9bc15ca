/** The part of `openapi.json` the console calls, in the form `npm run gen` writes. */
import type {
  ApiKey,
  Campaign,
  Cascade,
  FactRow,
  KocList,
  NewApiKey,
  NewCampaign,
  Page,
  PersonNetwork,
  ReachPaths,
  Session,
  StaffMember,
  Unit,
} from "./types";

interface Json<Body> {
  headers: Record<string, unknown>;
  content: { "application/json": Body };
}
interface Empty {
  headers: Record<string, unknown>;
  content?: never;
}
type Parameters<Path, Query> = { header?: never; cookie?: never } & ([Path] extends [never] ? { path?: never } : { path: Path }) &
  ([Query] extends [never] ? { query?: never } : { query?: Query });
interface Get<Body, Path = never, Query = never> {
  parameters: Parameters<Path, Query>;
  requestBody?: never;
  responses: { 200: Json<Body> };
}
interface Post<Sent, Body, Path = never> {
  parameters: Parameters<Path, never>;
  requestBody: { content: { "application/json": Sent } };
  responses: { 200: Json<Body> };
}
interface Delete<Path = never> {
  parameters: Parameters<Path, never>;
  requestBody?: never;
  responses: { 204: Empty };
}
type OfCampaign = { campaign: string };

export interface paths {
  "/api/v1/session": {
    get: Get<Session>;
    post: Post<{ email: string; password: string }, Session>;
    delete: Delete;
  };
  "/api/v1/units": { get: Get<{ items: Unit[] }> };
  "/api/v1/staff": { get: Get<{ items: StaffMember[] }> };
  "/api/v1/keys": {
    get: Get<{ items: ApiKey[] }>;
    post: Post<{ kind: "write" | "secret"; name: string }, NewApiKey>;
  };
  "/api/v1/keys/{key}": { delete: Delete<{ key: string }> };
  "/api/v1/facts": { get: Get<Page<FactRow>, never, { limit?: number; after?: string }> };
  "/api/v1/campaigns": { get: Get<Page<Campaign>>; post: Post<NewCampaign, Campaign> };
  "/api/v1/campaigns/{campaign}/cascade": { get: Get<Cascade, OfCampaign> };
  "/api/v1/campaigns/{campaign}/kocs": { get: Get<KocList, OfCampaign, { root?: string; limit?: number }> };
  "/api/v1/campaigns/{campaign}/picture": { get: Get<ArrayBuffer, OfCampaign, { root?: string }> };
  "/api/v1/persons/{person}/network": { get: Get<PersonNetwork, { person: string }> };
  "/api/v1/network/paths": {
    get: Get<ReachPaths, never, { from: string; to: string; limit?: number; campaign?: string }>;
  };
}
