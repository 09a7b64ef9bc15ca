import type { Declaration, PlayKind, PlayReward } from "@/api/plays";

/** Every kind, in the order of how often it is used. */
export const KINDS: readonly PlayKind[] = ["free_gift", "assist", "group_buy", "bargain", "red_packet", "lottery", "referral", "card_set", "check_in"];
export const CHANNELS = ["mini_program", "wechat_page", "moments", "own_app", "web", "store"] as const;

const DAY = 24 * 3600;

const reward = (id: string, name: string, yuan: number, stock: number, more: Partial<PlayReward> = {}): PlayReward => ({
  id, name, kind: "goods", cost_fen: yuan * 100, value_fen: yuan * 200, stock, to: "owner", ...more,
});

/** What holds where nothing else is said, as on the server. */
export const GATES: NonNullable<Declaration["gates"]> = { newcomers_only: false, signed_in: false, by_order: false, entry_fee_fen: 0 };
export const EDGE: NonNullable<Declaration["edge"]> = { newcomers_only: false, helps_per_person: 3, depth: 1, earned_by: "act", final_at: "reached" };
const INSTANCE: NonNullable<Declaration["instance"]> = { open_secs: DAY, seat_secs: 900, claim_secs: 3 * DAY };

/** A play of this kind that keeps to every rule but the organiser's name: something to begin with. */
export function template(kind: PlayKind, nowMs: number): Declaration {
  const day = (days: number): string => new Date(Math.ceil(nowMs / 3_600_000) * 3_600_000 + days * DAY * 1000).toISOString();
  const base: Declaration = {
    kind, channel: "mini_program", starts_at: day(0), ends_at: day(14), zone_minutes: 480,
    terms: { text: "邀请 3 位好友助力，免费领取一本书，数量有限，送完为止。达成后 3 天内领取，过期退回。", organiser: "" },
    gates: GATES,
    instance: INSTANCE,
    edge: EDGE,
    progress: { by: "count" },
    thresholds: [{ at: 3, reward: "gift" }],
    rewards: [reward("gift", "图书一本", 15, 500)],
    chance: null, budget_fen: 750_000, on_expire: "refund",
  };
  const say = (text: string): Pick<Declaration, "terms"> => ({ terms: { ...base.terms, text } });
  switch (kind) {
    case "free_gift":
      return base;
    case "assist":
      return { ...base, ...say("邀请 2 位好友助力得书签，5 位得图书。达成后 3 天内领取。"), thresholds: [{ at: 2, reward: "mark" }, { at: 5, reward: "gift" }], rewards: [reward("mark", "书签", 2, 1000), reward("gift", "图书一本", 15, 200)], budget_fen: 500_000 };
    case "referral":
      return { ...base, ...say("每邀请 1 位新朋友参加，双方各得一张券；邀请 3 位再得一本书。"), edge: { ...EDGE, newcomers_only: true }, thresholds: [{ at: 1, reward: "coupon" }, { at: 3, reward: "gift" }], rewards: [reward("coupon", "10 元券", 10, 500, { kind: "coupon", value_fen: 1000 }), reward("gift", "图书一本", 15, 100), reward("welcome", "新人 10 元券", 10, 1000, { kind: "coupon", value_fen: 1000, to: "helper" })], budget_fen: 1_650_000 };
    case "group_buy":
      return { ...base, channel: "wechat_page", ...say("满 3 人成团，每人 59 元；24 小时未成团自动全额退款。"), progress: { by: "paid_seats", price_fen: 5900 }, thresholds: [{ at: 3, reward: "seat" }], rewards: [reward("seat", "拼团商品一份", 0, 300, { to: "members", value_fen: 9900 })], budget_fen: 0 };
    case "bargain":
      return { ...base, ...say("邀请 10 位好友帮忙，从 99 元砍到 9.9 元，每人一次。"), progress: { by: "sum", start_fen: 9900, floor_fen: 990, helpers: 10, lowest_7d_fen: 9900 }, thresholds: [{ at: 8910, reward: "gift" }], rewards: [reward("gift", "礼盒（以底价购买）", 40, 100)], budget_fen: 400_000 };
    case "red_packet":
      return { ...base, channel: "wechat_page", ...say("每人一个随机红包，共 500 个，总额 1000 元，领完为止。"), progress: { by: "instant", daily: false }, thresholds: [], rewards: [reward("packet", "现金红包", 0, 500, { kind: "cash" })], chance: { of: "packet", reward: "packet", total_fen: 100_000, count: 500, min_fen: 30, even: false }, budget_fen: 100_000 };
    case "lottery":
      return { ...base, channel: "wechat_page", ...say("每人每天抽一次。一等奖 1% 图书礼盒，二等奖 19% 书签，奖品数量有限，抽完为止。"), progress: { by: "instant", daily: true }, thresholds: [], rewards: [reward("first", "图书礼盒", 80, 20), reward("second", "书签", 2, 1000)], chance: { of: "lottery", prizes: [{ reward: "first", ppm: 10_000 }, { reward: "second", ppm: 190_000 }], none_ppm: 800_000, fallback: null }, budget_fen: 360_000 };
    case "card_set":
      return { ...base, ...say("每天来一次得一张卡，集齐 3 种即可换一本书。"), progress: { by: "set", from: "check_in", cards: [{ id: "spring", name: "春", ppm: 450_000 }, { id: "summer", name: "夏", ppm: 350_000 }, { id: "autumn", name: "秋", ppm: 200_000 }] }, instance: { ...INSTANCE, open_secs: 14 * DAY }, thresholds: [{ at: 3, reward: "gift" }] };
    case "check_in":
      return { ...base, ...say("连续打卡 3 天得书签，7 天得图书。"), progress: { by: "streak" }, instance: { ...INSTANCE, open_secs: 14 * DAY }, thresholds: [{ at: 3, reward: "mark" }, { at: 7, reward: "gift" }], rewards: [reward("mark", "书签", 2, 1000), reward("gift", "图书一本", 15, 200)], budget_fen: 500_000 };
  }
}

/** What the whole play costs if everything is given away. */
export function worstCost(play: Declaration): number {
  const things = play.rewards.reduce((sum, one) => sum + one.cost_fen * one.stock, 0);
  return things + (play.chance?.of === "packet" ? play.chance.total_fen : 0);
}

/** What follows from other fields: a bargain's one threshold, the packets of a fund, what is left of a million. */
export function settled(play: Declaration): Declaration {
  const next = structuredClone(play);
  const first = next.thresholds?.[0];
  if (next.progress.by === "sum" && first) next.thresholds = [{ ...first, at: next.progress.start_fen - next.progress.floor_fen }];
  if (next.progress.by === "set" && first) next.thresholds = [{ ...first, at: next.progress.cards.length }];
  if (next.chance?.of === "packet") {
    const { reward: packet, count } = next.chance;
    next.rewards = next.rewards.map((one) => (one.id === packet ? { ...one, stock: count } : one));
  }
  if (next.chance?.of === "lottery") next.chance.none_ppm = Math.max(0, 1_000_000 - next.chance.prizes.reduce((sum, prize) => sum + prize.ppm, 0));
  return next;
}
