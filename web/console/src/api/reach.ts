import { client, take } from "./client";
import type { BulkPlan, ReachAnswered, ReachPaths, ReachStart, ReachTask, ReachTaskChange, ReachTasksChange, ReachTasksChanged, NewReachTask, NewReachPlan } from "./types";

export const findRoutes = (from: string, to: string, avoid: string): Promise<ReachPaths> =>
  take(client.GET("/api/v1/network/paths", { params: { query: { from, to, limit: 4, ...(avoid ? { avoid } : {}) } } }));

export const listStarts = async (): Promise<ReachStart[]> => (await take(client.GET("/api/v1/reach/starts"))).items;

export interface TaskFilters {
  state?: ReachTask["state"];
  assignee?: string;
  unit?: string;
  target?: string;
  q?: string;
}

export const listTasks = (filters: TaskFilters, after: string | null, limit: number): Promise<{ items: ReachTask[]; next?: string | null }> =>
  take(client.GET("/api/v1/reach/tasks", { params: { query: { ...filters, limit, ...(after ? { after } : {}) } } }));

export const tasksCsv = (filters: TaskFilters): string =>
  `/api/v1/reach/tasks?${new URLSearchParams({ ...filters, limit: "1000", format: "csv" } as Record<string, string>)}`;

export const createTask = (body: NewReachTask): Promise<ReachTask> => take(client.POST("/api/v1/reach/tasks", { body }));

export const changeTask = (task: string, body: ReachTaskChange): Promise<ReachTask> =>
  take(client.PATCH("/api/v1/reach/tasks/{task}", { params: { path: { task } }, body }));

export const changeTasks = (body: ReachTasksChange): Promise<ReachTasksChanged> => take(client.PATCH("/api/v1/reach/tasks", { body }));

export type Result = "done" | "refused" | "failed";

export const answerTask = (task: string, result: Result, by: string | null): Promise<ReachAnswered> =>
  take(client.POST("/api/v1/reach/tasks/{task}/answer", { params: { path: { task } }, body: { result, ...(by ? { by } : {}) } }));

export const undoAnswer = (task: string): Promise<ReachAnswered> =>
  take(client.DELETE("/api/v1/reach/tasks/{task}/answer", { params: { path: { task } } }));

export const planMany = (body: NewReachPlan): Promise<BulkPlan> => take(client.POST("/api/v1/reach/plans", { body }));

export const readPlan = (plan: string): Promise<BulkPlan> =>
  take(client.GET("/api/v1/reach/plans/{plan}", { params: { path: { plan } } })) as Promise<BulkPlan>;

export const planCsv = (plan: string): string => `/api/v1/reach/plans/${encodeURIComponent(plan)}?format=csv`;

export const makePlan = (plan: string): Promise<{ made: number; passed_over: number }> =>
  take(client.POST("/api/v1/reach/plans/{plan}/tasks", { params: { path: { plan } } }));
