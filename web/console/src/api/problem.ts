/** `application/problem+json`, as every refusal of the API is written. */
export interface Problem {
  type?: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  request_id?: string;
  errors?: { index?: number; field?: string; message: string }[];
}

/** A refusal, or no answer at all (`code` "unreachable", status 0). */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === "object" && body !== null && "title" in body && "status" in body;

/** What the server said, or the least that can be said when a proxy answered instead of it. */
export function problemFrom(body: unknown, response: Response): Problem {
  if (isProblem(body)) return { ...body, code: body.code ?? "unknown" };
  return { title: response.statusText || `HTTP ${response.status}`, status: response.status, code: "unknown" };
}

export function asProblem(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { title: error instanceof Error ? error.message : String(error), status: 0, code: "unreachable" };
}
