import { take } from "./client";

export type Measure = "count" | "sum" | "active_days" | "days_since_first" | "days_since_last";
export type Standing = "fan" | "member" | "visitor";
export type Known = "phone" | "wechat" | "city";
export type Intent = "fact" | "judgement" | "intent";
export type SegmentKind = "live" | "manual" | "snapshot";

/** Who belongs: a tree of conditions, as the API takes it. */
export type Rule =
  | { kind: "all"; rules: Rule[] }
  | { kind: "any"; rules: Rule[] }
  | { kind: "not"; rule: Rule }
  | { kind: "did"; event: string; at_least?: number; at_most?: number | null; days?: number | null }
  | { kind: "sequence"; first: string; then: string }
  | { kind: "measured"; event: string; measure: Measure; days?: number | null; at_least?: number | null; at_most?: number | null }
  | { kind: "trait"; name: string; at_least?: number | null; at_most?: number | null }
  | { kind: "tag"; tag: string }
  | { kind: "standing"; standing: Standing }
  | { kind: "knows"; known: Known }
  | { kind: "city"; city: string }
  | { kind: "segment"; segment: string };
export type RuleKind = Rule["kind"];

export interface Named {
  segment: string;
  name: string;
}

export interface Segment extends Named {
  note: string;
  kind: SegmentKind;
  rule?: Rule | null;
  size: number;
  is_exact: boolean;
  used_by: Named[];
  created_at: string;
  changed_at: string;
  by?: string | null;
}

export interface AudiencePerson {
  person: string;
  name?: string | null;
  city?: string | null;
  standing: Standing;
  last_seen?: string | null;
}

export interface SegmentPeople {
  items: AudiencePerson[];
  total: number;
  next?: string | null;
}

export interface SegmentDay {
  day: string;
  size: number;
  entered: number;
  left: number;
}

export interface Preview {
  count: number;
  everybody: number;
  sample: AudiencePerson[];
  took_us: number;
}

export interface Overlap {
  sizes: { segment: string; name: string; size: number }[];
  pairs: { a: string; b: string; both: number; only_a: number; only_b: number }[];
  all: number;
}

/** A condition, how it stands with one person, and the number it saw. */
export interface Reason {
  holds: boolean;
  /** `listed` for a segment that is a list. */
  kind: RuleKind | "listed";
  saw?: number | string | null;
  wanted?: Rule | null;
  rules?: Reason[];
}

export interface TraitDef {
  name: string;
  zh: string;
  en: string;
  event: string;
  measure: Measure;
  days?: number | null;
}
export type TraitRow = TraitDef & { people: number };

export interface Tag {
  tag: string;
  group: string;
  name: string;
  intent: Intent;
  note: string;
  rule?: Rule | null;
  people: number;
  created_at: string;
  by?: string | null;
}

/** What a rule can name. */
export interface Vocabulary {
  events: { event: string; people: number }[];
  cities: { city: string; people: number }[];
  traits: TraitDef[];
  tags: { tag: string; name: string; group: string }[];
}

export interface PersonTag {
  tag: string;
  group: string;
  name: string;
  intent: Intent;
  by?: string | null;
  at?: string | null;
  until?: string | null;
  note?: string | null;
}

export interface PersonAudience {
  standing: Standing;
  stage?: string | null;
  value_class?: string | null;
  rfm?: { r: number; f: number; m: number; recency_days: number; orders: number; paid_minor: number } | null;
  purchase_period_days?: number | null;
  tags: PersonTag[];
  traits: { name: string; zh: string; en: string; value?: number | null }[];
  segments: Named[];
  prefers: { what: string; share: number }[];
}

export interface NewSegment {
  name: string;
  note?: string;
  kind: SegmentKind;
  rule?: Rule;
  people?: string[];
  of?: string;
}

export interface NewTag {
  group: string;
  name: string;
  intent: Intent;
  note?: string;
  rule?: Rule | null;
}

export interface TagChange extends Partial<NewTag> {
  /** It goes by a rule no longer. */
  without_rule?: boolean;
}

async function answered<Answer>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<{ data?: Answer; error?: unknown; response: Response }> {
  const response = await globalThis.fetch(
    new Request(new URL(`/api/v1${path}`, globalThis.location.origin), {
      method,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      ...(signal ? { signal } : {}),
    }),
  );
  const text = await response.text();
  const told: unknown = text ? JSON.parse(text) : undefined;
  return response.ok ? { data: told as Answer, response } : { error: told, response };
}

const ask = <Answer>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> => take(answered<Answer>(method, path, body, signal));
const of = encodeURIComponent;
const asked = (query: Record<string, string | number | null | undefined>): string => {
  const told = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return told.length === 0 ? "" : `?${new URLSearchParams(told.map(([key, value]) => [key, String(value)]))}`;
};

interface List<Item> {
  items: Item[];
  next?: string | null;
}

export const listSegments = (q: string, signal?: AbortSignal): Promise<List<Segment>> => ask("GET", `/segments${asked({ q })}`, undefined, signal);
export const readSegment = (segment: string): Promise<Segment> => ask("GET", `/segments/${of(segment)}`);
export const createSegment = (made: NewSegment): Promise<Segment> => ask("POST", "/segments", made);
export const changeSegment = (segment: string, change: { name?: string; note?: string; rule?: Rule }): Promise<Segment> => ask("PATCH", `/segments/${of(segment)}`, change);
export const deleteSegment = (segment: string): Promise<void> => ask("DELETE", `/segments/${of(segment)}`);
export const listSegmentPeople = (segment: string, after: string | null, limit: number): Promise<SegmentPeople> => ask("GET", `/segments/${of(segment)}/people${asked({ after, limit })}`);
export const changeSegmentPeople = (segment: string, change: { add?: string[]; remove?: string[] }): Promise<Segment> => ask("POST", `/segments/${of(segment)}/people`, change);
export const listSizes = (segment: string, days: number): Promise<List<SegmentDay>> => ask("GET", `/segments/${of(segment)}/sizes${asked({ days })}`);
export const readWhy = (segment: string, person: string): Promise<Reason> => ask("GET", `/segments/${of(segment)}/people/${of(person)}/why`);
export const previewRule = (rule: Rule, sample: number, signal?: AbortSignal): Promise<Preview> => ask("POST", "/segments/preview", { rule, sample }, signal);
export const readOverlap = (segments: string[]): Promise<Overlap> => ask("POST", "/segments/overlap", { segments });
export const readVocabulary = (): Promise<Vocabulary> => ask("GET", "/segments/vocabulary");

export const listTraits = (): Promise<List<TraitRow>> => ask("GET", "/traits");
export const createTrait = (def: TraitDef): Promise<TraitDef> => ask("POST", "/traits", def);
export const deleteTrait = (name: string): Promise<void> => ask("DELETE", `/traits/${of(name)}`);

export const listTags = (): Promise<List<Tag>> => ask("GET", "/tags");
export const createTag = (made: NewTag): Promise<Tag> => ask("POST", "/tags", made);
export const changeTag = (tag: string, change: TagChange): Promise<Tag> => ask("PATCH", `/tags/${of(tag)}`, change);
export const deleteTag = (tag: string): Promise<void> => ask("DELETE", `/tags/${of(tag)}`);
export const tagPeople = (tag: string, given: { people: string[]; on: boolean; until?: string; note?: string }): Promise<{ changed: number }> => ask("POST", `/tags/${of(tag)}/people`, given);

export const readPersonAudience = (person: string): Promise<PersonAudience> => ask("GET", `/persons/${of(person)}/audience`);

export const segmentsCsv = (q: string): string => `/api/v1/segments${asked({ q, format: "csv" })}`;
export const segmentPeopleCsv = (segment: string): string => `/api/v1/segments/${of(segment)}/people${asked({ format: "csv" })}`;
export const sizesCsv = (segment: string, days: number): string => `/api/v1/segments/${of(segment)}/sizes${asked({ days, format: "csv" })}`;
export const tagsCsv = (): string => "/api/v1/tags?format=csv";
