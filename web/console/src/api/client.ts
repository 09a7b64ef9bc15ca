import createClient from "openapi-fetch";
import { ApiError, problemFrom } from "./problem";
import type { paths } from "./schema";

/** Same origin: the session cookie goes along by itself, and the development server proxies `/api`. */
export const client = createClient<paths, `application/${string}`>({
  baseUrl: globalThis.location?.origin ?? "http://127.0.0.1:7700",
  credentials: "same-origin",
  // Looked up on each call, so that tests may replace it.
  fetch: (request) => globalThis.fetch(request),
});

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

/** The body of an answer, or the refusal thrown as [`ApiError`]. */
export async function take<Data>(answer: Promise<Answer<Data>>): Promise<Data> {
  let settled: Answer<Data>;
  try {
    settled = await answer;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError({ title: "unreachable", status: 0, code: "unreachable" });
  }
  if (!settled.response.ok) throw new ApiError(problemFrom(settled.error, settled.response));
  return settled.data as Data;
}
