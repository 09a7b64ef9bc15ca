import { nameOf, type Cascade, type CascadeRoot } from "@/api/types";
import { colourIndexes } from "@/app/theme/palette";
import { personId, personIndex, type Picture } from "./picture/decode";

/** One root as the page shows it: usually a store, else a channel or a member of staff. */
export interface Store {
  person: string;
  name: string;
  /** Place in the palette; null when the cascade does not know this root. */
  colour: number | null;
  root: CascadeRoot | null;
}

export interface NetworkModel {
  picture: Picture;
  cascade: Cascade;
  /** By index of the picture's roots. */
  stores: Store[];
  /** All roots of the cascade, most fans first. */
  ranked: Store[];
  indexOf: Map<string, number>;
}

const fullName = (root: CascadeRoot): string => root.unit?.name ?? root.channel ?? nameOf(root);

/** "灯塔书店·" of 灯塔书店·西湖店 and 灯塔书店·小寨店: what all names begin with says nothing, and takes the room. */
export function sharedPrefix(names: readonly string[]): string {
  const [first = "", ...others] = names;
  if (others.length === 0) return "";
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, first.slice(0, length).lastIndexOf("·") + 1);
}

/** All stores of a campaign, most fans first, with their places in the palette. */
export function storesOf(cascade: Cascade): Store[] {
  const colours = colourIndexes(cascade.roots.map((root) => root.person));
  const prefix = sharedPrefix(cascade.roots.map(fullName));
  return cascade.roots
    .map((root) => ({ person: root.person, name: fullName(root).slice(prefix.length), colour: colours.get(root.person) ?? null, root }))
    .sort((a, b) => b.root.fans - a.root.fans);
}

export function buildModel(picture: Picture, cascade: Cascade, unknownName: string): NetworkModel {
  const ranked = storesOf(cascade);
  const byPerson = new Map(ranked.map((store) => [store.person, store]));
  const stores = Array.from({ length: picture.roots }, (_, index): Store => {
    const person = personId(picture, index);
    return byPerson.get(person) ?? { person, name: unknownName, colour: null, root: null };
  });
  return { picture, cascade, stores, ranked, indexOf: personIndex(picture) };
}
