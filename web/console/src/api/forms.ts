import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];
export type Form = Words["Form"];
export type FormState = Words["FormState"];
export type FormSummary = Words["FormSummary"];
export type FormAnswer = Words["FormAnswer"];
/** What a form asks, and how. */
export type Asked = Words["FormAsked"];
export type Question = Words["FormQuestion"];
export type Choice = Words["FormChoice"];

interface List<Item> {
  items: Item[];
  next?: string | null;
}

const at = (form: string) => ({ params: { path: { form } } });

export const listForms = (): Promise<List<Form>> => take(client.GET("/api/v1/forms"));
export const readForm = (form: string): Promise<Form> => take(client.GET("/api/v1/forms/{form}", at(form)));
export const createForm = (body: Asked): Promise<Form> => take(client.POST("/api/v1/forms", { body }));
export const changeForm = (form: string, body: Words["FormChange"]): Promise<Form> => take(client.PATCH("/api/v1/forms/{form}", { ...at(form), body }));
export const deleteForm = (form: string): Promise<unknown> => take(client.DELETE("/api/v1/forms/{form}", at(form)));
export const readSummary = (form: string): Promise<FormSummary> => take(client.GET("/api/v1/forms/{form}/summary", at(form)));
export const listAnswers = (form: string, limit: number): Promise<List<FormAnswer>> => take(client.GET("/api/v1/forms/{form}/answers", { params: { path: { form }, query: { limit } } }));

export const formsCsv = (): string => "/api/v1/forms?format=csv";
export const answersCsv = (form: string): string => `/api/v1/forms/${encodeURIComponent(form)}/answers?format=csv&limit=1000`;
