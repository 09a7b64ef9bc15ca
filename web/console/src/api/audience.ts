import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];
export type Measure = Words["Measure"];
export type Standing = Words["Standing"];
export type Known = Words["Known"];
export type Intent = Words["Intent"];
export type SegmentKind = Words["SegmentKind"];
/** Who belongs: a tree of conditions. */
export type Rule = Words["Rule"];
export type Named = Words["SegmentBrief"];
export type Segment = Words["Segment"];
export type AudiencePerson = Words["AudiencePerson"];
export type SegmentPeople = Words["SegmentPeople"];
export type SegmentDay = Words["SegmentSize"];
export type Preview = Words["Preview"];
export type Overlap = Words["Overlap"];
/** A condition, how it stands with one person, and the number it saw. */
export type Reason = Words["Reason"];
export type TraitDef = Words["TraitDef"];
export type TraitRow = Words["Trait"];
export type Tag = Words["Tag"];
/** What a rule can name. */
export type Vocabulary = Words["Vocabulary"];
export type PersonTag = Words["WornTag"];
export type PersonAudience = Words["PersonAudience"];
export type NewSegment = Words["NewSegment"];
export type NewTag = Words["NewTag"];

interface List<Item> {
  items: Item[];
  next?: string | null;
}

const stopped = (signal: AbortSignal | undefined) => (signal ? { signal } : {});
const at = (segment: string) => ({ params: { path: { segment } } });

export const listSegments = (q: string, signal?: AbortSignal): Promise<List<Segment>> => take(client.GET("/api/v1/segments", { params: { query: q ? { q } : {} }, ...stopped(signal) }));
export const readSegment = (segment: string): Promise<Segment> => take(client.GET("/api/v1/segments/{segment}", at(segment)));
export const createSegment = (body: NewSegment): Promise<Segment> => take(client.POST("/api/v1/segments", { body }));
export const changeSegment = (segment: string, body: Words["SegmentChange"]): Promise<Segment> => take(client.PATCH("/api/v1/segments/{segment}", { ...at(segment), body }));
export const deleteSegment = (segment: string): Promise<unknown> => take(client.DELETE("/api/v1/segments/{segment}", at(segment)));
export const listSegmentPeople = (segment: string, after: string | null, limit: number): Promise<SegmentPeople> =>
  take(client.GET("/api/v1/segments/{segment}/people", { params: { path: { segment }, query: { limit, ...(after === null ? {} : { after }) } } }));
export const changeSegmentPeople = (segment: string, body: Words["SegmentPeopleChange"]): Promise<Segment> => take(client.POST("/api/v1/segments/{segment}/people", { ...at(segment), body }));
export const listSizes = (segment: string, days: number): Promise<List<SegmentDay>> => take(client.GET("/api/v1/segments/{segment}/sizes", { params: { path: { segment }, query: { days } } }));
export const readWhy = (segment: string, person: string): Promise<Reason> => take(client.GET("/api/v1/segments/{segment}/people/{person}/why", { params: { path: { segment, person } } }));
export const previewRule = (rule: Rule, sample: number, signal?: AbortSignal): Promise<Preview> => take(client.POST("/api/v1/segments/preview", { body: { rule, sample }, ...stopped(signal) }));
export const readOverlap = (segments: string[]): Promise<Overlap> => take(client.POST("/api/v1/segments/overlap", { body: { segments } }));
export const readVocabulary = (): Promise<Vocabulary> => take(client.GET("/api/v1/segments/vocabulary"));

export const listTraits = (): Promise<List<TraitRow>> => take(client.GET("/api/v1/traits"));
export const createTrait = (body: TraitDef): Promise<TraitDef> => take(client.POST("/api/v1/traits", { body }));
export const deleteTrait = (name: string): Promise<unknown> => take(client.DELETE("/api/v1/traits/{name}", { params: { path: { name } } }));

export const listTags = (): Promise<List<Tag>> => take(client.GET("/api/v1/tags"));
export const createTag = (body: NewTag): Promise<Tag> => take(client.POST("/api/v1/tags", { body }));
export const changeTag = (tag: string, body: Words["TagChange"]): Promise<Tag> => take(client.PATCH("/api/v1/tags/{tag}", { params: { path: { tag } }, body }));
export const deleteTag = (tag: string): Promise<unknown> => take(client.DELETE("/api/v1/tags/{tag}", { params: { path: { tag } } }));
export const tagPeople = (tag: string, body: Words["TaggingWanted"]): Promise<Words["TaggingDone"]> => take(client.POST("/api/v1/tags/{tag}/people", { params: { path: { tag } }, body }));

export const readPersonAudience = (person: string): Promise<PersonAudience> => take(client.GET("/api/v1/persons/{person}/audience", { params: { path: { person } } }));

const csv = (path: string, query: Record<string, string> = {}): string => `/api/v1/${path}?${new URLSearchParams({ ...query, format: "csv" })}`;

export const segmentsCsv = (q: string): string => csv("segments", q ? { q } : {});
export const segmentPeopleCsv = (segment: string): string => csv(`segments/${encodeURIComponent(segment)}/people`);
export const sizesCsv = (segment: string, days: number): string => csv(`segments/${encodeURIComponent(segment)}/sizes`, { days: String(days) });
export const tagsCsv = (): string => csv("tags");
