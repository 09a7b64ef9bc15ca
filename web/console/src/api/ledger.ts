import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];
export type LedgerAccount = Words["LedgerAccount"];
export type LedgerTransfer = Words["LedgerTransfer"];
export type LedgerSide = Words["LedgerAccountName"];
export type Reconciliation = Words["LedgerReconciliation"];
export type PointsByHand = Words["PointsByHand"];

interface List<Item> {
  items: Item[];
  next?: string | null;
}

/** Which account: what it counts, whose it is, and what for. */
export interface AccountKey {
  unit: string;
  owner: string;
  kind: string;
}

const behind = (after: string | null): { after?: string } => (after ? { after } : {});

export const listLedgerUnits = (): Promise<List<string>> => take(client.GET("/api/v1/ledger/units"));

export const listAccounts = (unit: string, owner: string, after: string | null, limit: number): Promise<List<LedgerAccount>> =>
  take(client.GET("/api/v1/ledger/accounts", { params: { query: { unit, owner, limit, ...behind(after) } } }));

export const accountsCsv = (unit: string, owner: string): string => `/api/v1/ledger/accounts?${new URLSearchParams({ unit, owner, limit: "1000", format: "csv" })}`;

export const listTransfers = (account: AccountKey, after: string | null, limit: number): Promise<List<LedgerTransfer>> =>
  take(client.GET("/api/v1/ledger/transfers", { params: { query: { ...account, limit, ...behind(after) } } }));

export const transfersCsv = (account: AccountKey): string => `/api/v1/ledger/transfers?${new URLSearchParams({ ...account, limit: "1000", format: "csv" })}`;

export const readChain = (chain: string): Promise<List<LedgerTransfer>> => take(client.GET("/api/v1/ledger/chains/{chain}", { params: { path: { chain } } }));

export const reconcile = (): Promise<Reconciliation> => take(client.GET("/api/v1/ledger/reconciliation"));

export const givePoints = (body: PointsByHand, key: string): Promise<Words["PointsMoved"]> =>
  take(client.POST("/api/v1/ledger/points", { body, headers: { "Idempotency-Key": key } }));
