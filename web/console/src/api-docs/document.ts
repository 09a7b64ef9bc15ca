/** The OpenAPI document as the page reads it: operations, the fields of what they take and answer, and curl examples. */
import type { Language } from "@/app/preferences";

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  default?: unknown;
  example?: unknown;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: Schema | boolean;
}

interface Media {
  schema?: Schema;
}
interface Parameter {
  name: string;
  in: "path" | "query" | "header" | "cookie";
  description?: string;
  required?: boolean;
  schema?: Schema;
}
interface Answer {
  description?: string;
  content?: Record<string, Media>;
}
interface RawOperation {
  tags?: string[];
  summary?: string;
  description?: string;
  operationId?: string;
  parameters?: Parameter[];
  requestBody?: { description?: string; content: Record<string, Media>; required?: boolean };
  responses?: Record<string, Answer>;
  "x-permission"?: string;
}
export interface OpenApi {
  info: { title: string; version: string };
  tags?: { name: string; "x-words"?: Record<Language, string> }[];
  paths: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Operation extends RawOperation {
  id: string;
  method: string;
  path: string;
  tag: string;
}

export interface Field {
  /** Indented by how deep it lies. */
  depth: number;
  name: string;
  type: string;
  required: boolean;
  description: string;
}

const DEPTH_MAX = 5;

export function operations(document: OpenApi): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      ...operation,
      id: operation.operationId ?? `${method} ${path}`,
      method: method.toUpperCase(),
      path,
      tag: operation.tags?.[0] ?? "",
    })),
  );
}

/** Every word of the query is somewhere in the operation. */
export function matches(operation: Operation, query: string): boolean {
  const text = [operation.id, operation.method, operation.path, operation.summary, operation.description].join(" ").toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

export function resolve(document: OpenApi, schema: Schema): Schema {
  const name = schema.$ref?.split("/").pop();
  const found = name === undefined ? undefined : document.components?.schemas?.[name];
  return found ? { ...found, description: schema.description ?? found.description } : schema;
}

/** The schema itself; of "this or null" this. */
function plain(document: OpenApi, schema: Schema): Schema {
  const found = resolve(document, schema);
  const among = (found.oneOf ?? found.anyOf ?? []).filter((one) => one.type !== "null");
  if (among.length === 1 && among[0]) return { ...plain(document, among[0]), description: found.description ?? among[0].description };
  if (found.allOf) {
    const parts = found.allOf.map((part) => plain(document, part));
    return {
      type: "object",
      description: found.description,
      properties: Object.assign({}, ...parts.map((part) => part.properties ?? {})) as Record<string, Schema>,
      required: parts.flatMap((part) => part.required ?? []),
    };
  }
  return found;
}

const baseType = (schema: Schema): string => [schema.type ?? "any"].flat().filter((type) => type !== "null").join(" | ");

export function typeName(document: OpenApi, schema: Schema): string {
  const found = plain(document, schema);
  if (found.enum) return found.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (baseType(found) === "array") return `${typeName(document, found.items ?? {})}[]`;
  const bounds = [found.minimum !== undefined && `≥ ${found.minimum}`, found.maximum !== undefined && `≤ ${found.maximum}`].filter(Boolean);
  return [baseType(found), found.format && `(${found.format})`, ...bounds].filter(Boolean).join(" ");
}

/** Every field below a schema, parents before children. */
export function fields(document: OpenApi, schema: Schema, depth = 0): Field[] {
  const found = plain(document, schema);
  if (baseType(found) === "array" && found.items) return fields(document, found.items, depth);
  if (depth > DEPTH_MAX) return [];
  return Object.entries(found.properties ?? {}).flatMap(([name, inner]) => [
    {
      depth,
      name,
      type: typeName(document, inner),
      required: found.required?.includes(name) ?? false,
      description: inner.description ?? plain(document, inner).description ?? "",
    },
    ...fields(document, inner, depth + 1),
  ]);
}

/** A value the schema takes. */
export function example(document: OpenApi, schema: Schema, depth = 0): unknown {
  const found = plain(document, schema);
  if (found.example !== undefined) return found.example;
  if (found.default !== undefined && found.default !== null) return found.default;
  if (found.enum) return found.enum[0];
  switch (baseType(found)) {
    case "array":
      return depth > DEPTH_MAX ? [] : [example(document, found.items ?? {}, depth + 1)];
    case "integer":
    case "number":
      return found.minimum ?? 1;
    case "boolean":
      return true;
    case "string":
      return found.format === "date-time" ? "2026-11-18T10:00:00Z" : "…";
    case "object": {
      // What must be there, and if nothing must, the first things that may.
      const all = Object.entries(found.properties ?? {});
      const needed = all.filter(([name]) => found.required?.includes(name));
      const shown = depth > DEPTH_MAX ? [] : needed.length > 0 ? needed : all.slice(0, 3);
      return Object.fromEntries(shown.map(([name, inner]) => [name, example(document, inner, depth + 1)]));
    }
    default:
      return {};
  }
}

/** The operation as a line for a terminal. */
export function curl(document: OpenApi, operation: Operation, origin: string): string {
  const lines = [operation.method === "GET" ? `curl '${origin}${operation.path}'` : `curl -X ${operation.method} '${origin}${operation.path}'`];
  if (operation["x-permission"] !== "public") lines.push(`-H "Authorization: Bearer $KEY"`);
  const [kind, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (kind) lines.push(`-H 'Content-Type: ${kind}'`);
  if (kind === "application/json" && media?.schema) {
    lines.push(`-d '${JSON.stringify(example(document, media.schema), null, 2).replaceAll("'", "'\\''")}'`);
  } else if (kind) {
    lines.push("--data-binary @file");
  }
  return lines.join(" \\\n  ");
}
