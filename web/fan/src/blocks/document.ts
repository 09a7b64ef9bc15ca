/** A page made of blocks, as the content slice keeps it. Types this version does not know are skipped. */

export type Target =
  | { kind: "page"; page: string }
  | { kind: "play"; play: string }
  | { kind: "product"; product: string }
  | { kind: "url"; url: string };

export type ListItem = { text: string; note?: string | null; image?: string | null; to?: Target | null };
export type FieldKind = "text" | "name" | "phone" | "city" | "choice";
export type FormField = { name: string; label: string; kind: FieldKind; required?: boolean; options?: string[] };

export type Block =
  | { type: "title"; text: string; level?: number }
  | { type: "text"; text: string }
  | { type: "image"; src: string; alt?: string; to?: Target | null }
  | { type: "list"; items: ListItem[] }
  | { type: "product"; product: string }
  | { type: "play"; play: string }
  | { type: "form"; form: string; title?: string | null; fields: FormField[]; submit: string; thanks: string }
  | { type: "button"; text: string; to: Target; look?: "primary" | "plain" }
  | { type: "spacer"; size: "small" | "medium" | "large" };

export type PageDocument = { title: string; description?: string; image?: string | null; blocks: Block[] };

/** Where a target leads. The spread token of whoever brought this customer goes with them. */
export function address(workspace: number, to: Target): string {
  const id = encodeURIComponent;
  switch (to.kind) {
    case "page": return `/f/${workspace}/p/${id(to.page)}`;
    case "play": return `/f/${workspace}/play/${id(to.play)}`;
    case "product": return `/f/${workspace}/product/${id(to.product)}`;
    case "url": return /^https:\/\//.test(to.url) ? to.url : "#";
  }
}

/** A picture from https or from us; anything else is not loaded. */
export const picture = (src: string | null | undefined): string | undefined =>
  src && (src.startsWith("https://") || src.startsWith("/f/")) ? src : undefined;

/** Paragraphs, each of lines. */
export const paragraphs = (text: string): string[][] => text.split(/\n{2,}/).map((part) => part.split("\n"));
