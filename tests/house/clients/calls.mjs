/**
 * The calls every client makes, so that one test can tell what must arrive.
 *
 * @param say calls one method of an SDK with its fields as the HTTP API names them
 */
export function tellEverything(say, who) {
  say("identify", { ...who, traits: { name: "林晓", city: "杭州" } });
  say("track", { ...who, event: "Page Read", properties: { pages: 3, price: 19.9, title: "长安的荔枝" } });
  say("page", { ...who, name: "Home", category: "Docs", properties: { path: "/home" } });
  say("screen", { ...who, name: "Shelf", properties: { shelf: "new" } });
  say("group", { ...who, groupId: "readers", traits: { plan: "gold" } });
  say("alias", { ...who, previousId: "before-1" });
  // What a key that stands in a page may not say, and what is too large.
  say("track", { ...who, event: "Spread Started", properties: { campaign: "spring" } });
  say("track", { ...who, event: "Too Large", properties: { x: "x".repeat(40_000) } });
}
