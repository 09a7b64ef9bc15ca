/**
 * Asking the server over a bad network. Whatever gives or takes something is sent under a key that is kept until an answer came, over
 * a reload too: however often it is sent, it is done once.
 */

export type Problem = { code: string; detail?: string; status: number; errors?: { field?: string | null; message: string }[] };

/** The server said no, and why. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.code);
  }
}

/** Nobody answered, however often it was tried. */
export class Offline extends Error {}

/** Waits between tries, in milliseconds. */
const PAUSES = [400, 1000, 2500, 5000];
/** An answer that does not come within this time does not come. */
const PATIENCE_MS = 15_000;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms * (0.75 + Math.random() / 2)));

/** Worth another try: the server is busy, restarting or behind. */
const passing = (status: number): boolean => status === 429 || status === 502 || status === 503 || status === 504;

async function once(path: string, init: RequestInit): Promise<Response> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await fetch(path, { ...init, credentials: "same-origin", signal: patience.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function persistently(path: string, init: RequestInit, pauses = PAUSES): Promise<Response> {
  for (let turn = 0; ; turn += 1) {
    const last = turn >= pauses.length;
    try {
      const response = await once(path, init);
      if (last || !passing(response.status)) return response;
    } catch {
      if (last) throw new Offline();
    }
    await pause(pauses[turn] ?? 0);
  }
}

async function told<T>(response: Response): Promise<T> {
  const text = await response.text();
  const body = text ? (JSON.parse(text) as unknown) : null;
  if (response.ok) return body as T;
  const problem = body as Partial<Problem> | null;
  throw new Refused({ code: problem?.code ?? "internal", detail: problem?.detail, errors: problem?.errors, status: response.status });
}

export const read = async <T>(path: string, pauses?: number[]): Promise<T> => told<T>(await persistently(path, { headers: { accept: "application/json" } }, pauses));

/** A key nobody else has. `crypto.randomUUID` is not there without https. */
function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const PLACE = "sl-key:";
const kept = {
  get: (place: string): string | null => {
    try { return sessionStorage.getItem(PLACE + place); } catch { return null; }
  },
  set: (place: string, key: string | null): void => {
    try {
      if (key === null) sessionStorage.removeItem(PLACE + place);
      else sessionStorage.setItem(PLACE + place, key);
    } catch { /* A browser that keeps nothing forgets the key with the page. */ }
  },
};

const underWay = new Map<string, Promise<unknown>>();

/** Sends a command. The same one sent again before it is answered is the same one. */
export function command<T>(path: string, body: unknown = {}, pauses?: number[]): Promise<T> {
  const text = JSON.stringify(body);
  const place = `${path} ${text}`;
  const before = underWay.get(place);
  if (before) return before as Promise<T>;
  const key = kept.get(place) ?? freshKey();
  kept.set(place, key);
  const headers = { "content-type": "application/json", accept: "application/json", "idempotency-key": key };
  const sent = (async () => {
    try {
      const response = await persistently(path, { method: "POST", headers, body: text }, pauses);
      // It was decided: the next one is another command. While nobody knows, the key stays.
      if (!passing(response.status)) kept.set(place, null);
      return await told<T>(response);
    } finally {
      underWay.delete(place);
    }
  })();
  underWay.set(place, sent);
  return sent;
}
