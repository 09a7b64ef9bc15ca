import type { Block } from "@/api/content";

export type BlockType = Block["type"];
export type Of<T extends BlockType> = Extract<Block, { type: T }>;

export const BLOCKS: readonly BlockType[] = ["title", "text", "image", "list", "product", "play", "form", "button", "spacer"];

type Words = (key: `blocks.fresh.${"title" | "text" | "item" | "button" | "phone" | "submit" | "thanks"}`) => string;

/** A block as it is when it is added. */
export function newBlock(type: BlockType, t: Words): Block {
  switch (type) {
    case "title": return { type, text: t("blocks.fresh.title"), level: 2 };
    case "text": return { type, text: t("blocks.fresh.text") };
    case "image": return { type, src: "", alt: "", to: null };
    case "list": return { type, items: [{ text: t("blocks.fresh.item"), note: null, image: null, to: null }] };
    case "product": return { type, product: "product-1" };
    case "play": return { type, play: "play-1" };
    case "form": return { type, form: `form-${Math.floor(Date.now() / 1000).toString(36)}`, title: null, submit: t("blocks.fresh.submit"), thanks: t("blocks.fresh.thanks"), fields: [{ name: "phone", label: t("blocks.fresh.phone"), kind: "phone", required: true, options: [] }] };
    case "button": return { type, text: t("blocks.fresh.button"), to: { kind: "page", page: "page-1" }, look: "primary" };
    case "spacer": return { type, size: "small" };
  }
}
