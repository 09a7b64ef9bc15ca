/** The words of the API, as narrow as the console needs them. Times are RFC 3339 in UTC, money is in minor units. */

export interface Named {
  id: string;
  name: string;
}

export type Role = "owner" | "operator" | "city_manager" | "store_manager" | "analyst";

export interface StaffMember {
  id: string;
  name: string;
  email: string;
  role: Role;
  unit: Named | null;
}

export interface Session {
  workspace: Named;
  staff: StaffMember;
  permissions: string[];
  scope: { kind: "all" | "units" | "own"; units: string[] };
}

export interface Unit {
  id: string;
  name: string;
  kind: "group" | "city" | "store";
  parent: string | null;
}

export interface ApiKey {
  id: string;
  kind: "write" | "secret";
  name: string;
  prefix: string;
  created_at: string;
}

/** Only the answer to creating a key carries the key itself, once. */
export interface NewApiKey extends ApiKey {
  key: string;
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

/** Numbers are over the roots the signed-in person may see. */
export interface Campaign {
  id: string;
  name: string;
  starts_at: string | null;
  ends_at: string | null;
  created_at: string;
  people: number;
  fans: number;
  hops: number;
  depth_max: number;
  roots: number;
}

export interface NewCampaign {
  id?: string;
  name: string;
  starts_at?: string;
  ends_at?: string;
}

/** Circle 0 is the root itself; circle 1 the people it brought, and so on. */
export interface Circle {
  circle: number;
  people: number;
  fans: number;
}

export interface CascadeRoot {
  person: string;
  name: string;
  unit: Named | null;
  staff: string | null;
  channel: string | null;
  people: number;
  fans: number;
  visitors: number;
  depth: number;
  share_levels: number;
  structural_virality: number;
  circles: Circle[];
  orders: number;
  paid_minor: number;
  first_joined_at: string | null;
  last_joined_at: string | null;
}

export interface Cascade {
  campaign: Named;
  as_of: string;
  offset: number;
  people: number;
  fans: number;
  visitors: number;
  hops: number;
  touches: number;
  depth_max: number;
  share_levels_max: number;
  invites_max: number;
  structural_virality: number;
  anomalies: {
    self_shares: number;
    repeats: number;
    unknown_parents: number;
    cycles: number;
    early_children: number;
  };
  circles: Circle[];
  roots: CascadeRoot[];
  unknown_root: { people: number };
}

export interface Words {
  zh: string;
  en: string;
}

export interface KocTerm {
  term: string;
  value: number;
  points: number;
  words: Words;
}

export interface Koc {
  rank: number;
  person: string;
  name: string;
  root: string;
  unit: Named | null;
  circle: number;
  is_fan: boolean;
  joined_at: string;
  score: number;
  reach: number;
  direct_invites: number;
  recent_invites: number;
  terms: KocTerm[];
}

export interface KocList {
  as_of: string;
  items: Koc[];
}

export interface PersonBrief {
  person: string;
  name: string;
  at: string | null;
  reach?: number | null;
}

export interface PersonInCampaign {
  campaign: Named;
  circle: number;
  root: { person: string; name: string; unit: Named | null };
  brought_by: PersonBrief | null;
  /** From the root to the person, both included. */
  chain: PersonBrief[];
  /** Newest first, at most 50. */
  brought: PersonBrief[];
  direct_invites: number;
  reach: number;
  joined_at: string;
  touches: number;
  orders: number;
  paid_minor: number;
}

export interface PersonNetwork {
  person: string;
  name: string;
  is_fan: boolean;
  phone_masked: string | null;
  city: string | null;
  campaigns: PersonInCampaign[];
}

export interface PathHop {
  /** Absent when the person is out of this staff member's scope; then `name` says "someone at <unit>". */
  person: string | null;
  name: string;
  unit: Named | null;
  ties?: number | null;
  evidence?: Words | null;
}

export interface ReachPath {
  hops: PathHop[];
  length: number;
}

export interface ReachPaths {
  from: PersonBrief;
  to: PersonBrief;
  paths: ReachPath[];
}

export interface FactRow {
  offset: number;
  message_id: string;
  event: string;
  received_at: string;
}
