import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];
export type StabilityView = Words["StabilityView"];
export type StabilityUnits = Words["StabilityUnitList"];
export type UnitRow = Words["StabilityUnitRow"];
export type CutList = Words["CutList"];
export type CutRow = Words["CutRow"];
export type BridgeList = Words["BridgeList"];
export type LeaveView = Words["LeaveView"];
export type RouteList = Words["RouteList"];
export type Somebody = Words["Somebody"];

const of = (unit: string | null): Record<string, string> => (unit ? { unit } : {});

export const readStability = (unit: string | null) => take(client.GET("/api/v1/network/stability", { params: { query: of(unit) } }));

export const listStabilityUnits = () => take(client.GET("/api/v1/network/stability/units", { params: { query: {} } }));

export const listCutPersons = (unit: string | null, withoutRoots: boolean) =>
  take(client.GET("/api/v1/network/stability/persons", { params: { query: { ...of(unit), without_roots: withoutRoots } } }));

export const listBridges = (unit: string | null) => take(client.GET("/api/v1/network/stability/bridges", { params: { query: of(unit) } }));

export const readLeave = (person: string) => take(client.GET("/api/v1/network/stability/leave", { params: { query: { person } } }));

export const listRoutes = (from: string, to: string) => take(client.GET("/api/v1/network/stability/routes", { params: { query: { from, to } } }));

const csv = (what: string, query: Record<string, string>): string =>
  `/api/v1/network/stability${what}?${new URLSearchParams({ ...query, format: "csv" })}`;

export const curveCsv = (unit: string | null): string => csv("", of(unit));
export const unitsCsv = (): string => csv("/units", {});
export const cutPersonsCsv = (unit: string | null, withoutRoots: boolean): string =>
  csv("/persons", { ...of(unit), without_roots: String(withoutRoots), limit: "1000" });
export const bridgesCsv = (unit: string | null): string => csv("/bridges", { ...of(unit), limit: "1000" });
export const leaveCsv = (person: string): string => csv("/leave", { person });
