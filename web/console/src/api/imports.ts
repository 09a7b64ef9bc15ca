import { client, take } from "./client";
import type { Import, ImportKind, ImportMapping, ImportPreview, ImportReject } from "./types";

export interface Imports {
  items: Import[];
  next?: string | null;
}

export const listImports = (after: string | null): Promise<Imports> =>
  take(client.GET("/api/v1/imports", { params: { query: { limit: 20, ...(after === null ? {} : { after }) } } }));

/** The file as it is: the server reads what it is. */
export const uploadImport = (kind: ImportKind, file: File): Promise<Import> =>
  take(
    client.POST("/api/v1/imports", {
      params: { query: { kind, name: file.name } },
      headers: { "content-type": "application/octet-stream" },
      body: "",
      bodySerializer: () => file,
    }),
  );

const at = (id: string) => ({ params: { path: { id } } });

export const readImport = (id: string): Promise<Import> => take(client.GET("/api/v1/imports/{id}", at(id)));

export const previewImport = (id: string): Promise<ImportPreview> => take(client.GET("/api/v1/imports/{id}/preview", at(id)));

export const mapImport = (id: string, body: ImportMapping): Promise<Import> => take(client.PUT("/api/v1/imports/{id}/mapping", { ...at(id), body }));

export const checkImport = (id: string): Promise<Import> => take(client.POST("/api/v1/imports/{id}/check", at(id)));

export const runImport = (id: string): Promise<Import> => take(client.POST("/api/v1/imports/{id}/run", at(id)));

export const undoImport = (id: string): Promise<Import> => take(client.POST("/api/v1/imports/{id}/undo", at(id)));

export const removeImport = async (id: string): Promise<void> => {
  await take(client.DELETE("/api/v1/imports/{id}", at(id)));
};

export const listRejects = async (id: string): Promise<ImportReject[]> =>
  (await take(client.GET("/api/v1/imports/{id}/rejects", { params: { path: { id }, query: { limit: 50 } } }))).items;
