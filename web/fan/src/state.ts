/** What the server lays into a page, so that a phone asks nothing before it shows something. */

/** What an address of the API said: 0 when it could not be had, and is to be asked again. */
export type Answered = { path: string; status: number; body: unknown };

export type Laid = {
  workspace: number;
  brand: string;
  /** Whether this customer is signed in, and whether they could be. */
  me: { signed_in: boolean; can_sign_in: boolean };
  /** When the server made the page, in milliseconds. */
  now: number;
  /** What the page is about, in the order in which it asks. */
  answers: Answered[];
  /** The page is none. */
  lost?: boolean;
};

const nothing: Laid = { workspace: 0, brand: "", me: { signed_in: false, can_sign_in: false }, now: 0, answers: [] };

export function laid(): Laid {
  const text = document.getElementById("laid")?.textContent;
  return text ? (JSON.parse(text) as Laid) : nothing;
}

/** `/f/1/play/books/i7` is page `play` with the names `books` and `i7`. */
export function route(path: string): { page: string; names: string[] } {
  const [, , , page = "", ...names] = path.split("/");
  return { page, names: names.filter(Boolean).map(decodeURIComponent) };
}
