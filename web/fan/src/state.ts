/** What the server lays into a page, so that a phone asks nothing before it shows something. */

export type Laid = {
  workspace: number;
  brand: string;
  /** Whether this customer is signed in, and whether they could be. */
  me: { signed_in: boolean; can_sign_in: boolean };
  /** What the page's own address of the API said, and how. */
  asked: string | null;
  status: number;
  body: unknown;
};

const nothing: Laid = { workspace: 0, brand: "", me: { signed_in: false, can_sign_in: false }, asked: null, status: 0, body: null };

export function laid(): Laid {
  const text = document.getElementById("laid")?.textContent;
  return text ? (JSON.parse(text) as Laid) : nothing;
}

/** `/f/1/play/books/i7` is page `play` with the names `books` and `i7`. */
export function route(path: string): { page: string; names: string[] } {
  const [, , , page = "", ...names] = path.split("/");
  return { page, names: names.filter(Boolean).map(decodeURIComponent) };
}
