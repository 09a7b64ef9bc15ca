import { encodePicture } from "./picture.mjs";
import { makeCampaign, nameOf, random, storeName } from "./synthetic.mjs";

/** Everything the mock server answers about one campaign, computed when first asked. */
export class Campaign {
  constructor(id, name, size) {
    this.id = id;
    this.name = name;
    this.size = size;
    this.created = "2026-11-18T02:00:00Z";
  }

  get data() {
    if (!this.size) return null;
    return (this.made ??= makeCampaign(this.size));
  }

  brief() {
    const people = this.data?.people ?? [];
    return {
      id: this.id, name: this.name,
      starts_at: this.size ? new Date(this.size.startMs).toISOString() : null,
      ends_at: this.size ? new Date(this.size.startMs + 5 * 86_400_000).toISOString() : null,
      created_at: this.created, people: people.length, fans: people.filter((p) => p.fan).length,
      hops: people.filter((p) => p.parent >= 0).length, depth_max: people.reduce((most, p) => Math.max(most, p.circle), 0),
      roots: this.size?.stores ?? 0,
    };
  }

  person(i) {
    return `p${this.data.people[i].handle}`;
  }

  unit(store) {
    return { id: `u${store + 10}`, name: storeName(store) };
  }

  index(person) {
    this.byHandle ??= new Map(this.data.people.map((p, i) => [`p${p.handle}`, i]));
    return this.byHandle.get(person);
  }

  cascade() {
    const people = this.data?.people ?? [];
    const circlesOf = (list) => {
      const out = [];
      for (const p of list) {
        out[p.circle] ??= { circle: p.circle, people: 0, fans: 0 };
        out[p.circle].people++;
        if (p.fan) out[p.circle].fans++;
      }
      return out;
    };
    const roots = Array.from({ length: this.size?.stores ?? 0 }, (_, store) => {
      const own = people.filter((p) => p.store === store);
      const root = people.findIndex((p) => p.store === store && p.parent < 0);
      const depth = Math.max(...own.map((p) => p.circle));
      const times = own.map((p) => p.ms);
      return {
        person: this.person(root), name: nameOf(people[root].handle), unit: this.unit(store), staff: store === 3 ? "s1" : `s${store + 5}`, channel: null,
        people: own.length, fans: own.filter((p) => p.fan).length, visitors: own.filter((p) => !p.fan).length, depth,
        share_levels: depth + 1, structural_virality: 3 + depth * 0.31 + (store % 5) * 0.1, circles: circlesOf(own),
        orders: own.reduce((s, p) => s + p.orders, 0), paid_minor: own.reduce((s, p) => s + p.orders, 0) * 8900,
        first_joined_at: new Date(Math.min(...times)).toISOString(), last_joined_at: new Date(Math.max(...times)).toISOString(),
      };
    }).sort((a, b) => b.fans - a.fans);
    const brief = this.brief();
    return {
      campaign: { id: this.id, name: this.name }, as_of: new Date().toISOString(), offset: 183422, people: brief.people, fans: brief.fans,
      visitors: brief.people - brief.fans, hops: brief.hops, touches: Math.round(brief.hops * 1.37), depth_max: brief.depth_max,
      share_levels_max: brief.depth_max + 1, invites_max: Math.max(0, ...people.map((p) => p.kids)), structural_virality: brief.people ? 7.42 : 0,
      anomalies: brief.people ? { self_shares: 212, repeats: 9310, unknown_parents: 148, cycles: 37, early_children: 91 } : { self_shares: 0, repeats: 0, unknown_parents: 0, cycles: 0, early_children: 0 },
      circles: circlesOf(people), roots, unknown_root: { people: brief.people ? 148 : 0 },
    };
  }

  kocs(root, limit) {
    const people = this.data?.people ?? [];
    const r = random(5);
    return people
      .map((p, i) => ({ p, i }))
      .filter(({ p }) => p.parent >= 0 && p.kids > 0 && (!root || this.person(this.rootIndex(p.store)) === root))
      .sort((a, b) => b.p.reach + b.p.kids * 2 - a.p.reach - a.p.kids * 2)
      .slice(0, limit)
      .map(({ p, i }) => {
        const recent = Math.round(p.kids * (0.1 + r() * 0.5));
        const terms = [
          { term: "reach", value: p.reach, points: Math.log2(p.reach + 1) * 6.2, words: { zh: `影响 ${p.reach} 人`, en: `reaches ${p.reach} people` } },
          { term: "recent", value: recent, points: Math.log2(recent + 1) * 3, words: { zh: `近 24 小时带来 ${recent} 人`, en: `brought ${recent} in 24 hours` } },
          { term: "prior", value: 2, points: r() * 9, words: { zh: "往期活动带来 2 批新客", en: "brought newcomers in 2 earlier campaigns" } },
          { term: "age", value: 0.8, points: -r() * 4, words: { zh: "距上次分享 6 小时", en: "last shared 6 hours ago" } },
        ];
        return {
          person: this.person(i), name: nameOf(p.handle), root: this.person(this.rootIndex(p.store)), unit: this.unit(p.store), circle: p.circle,
          is_fan: p.fan, joined_at: new Date(p.ms).toISOString(), score: terms.reduce((s, t) => s + t.points, 0), reach: p.reach, direct_invites: p.kids,
          recent_invites: recent, terms,
        };
      })
      .sort((a, b) => b.score - a.score)
      .map((koc, at) => ({ rank: at + 1, ...koc }));
  }

  rootIndex(store) {
    return this.data.people.findIndex((p) => p.store === store && p.parent < 0);
  }

  picture(root) {
    this.pictures ??= new Map();
    if (!this.pictures.has(root ?? "")) {
      const { people, startMs, spanMs } = this.data ?? { people: [], startMs: 0, spanMs: 1 };
      const store = root ? people[this.index(root)]?.store : null;
      const keep = people.map((p, i) => i).filter((i) => store === null || people[i].store === store);
      const at = new Map(keep.map((i, k) => [i, k]));
      const part = keep.map((i) => ({ ...people[i], parent: people[i].parent < 0 ? -1 : at.get(people[i].parent) }));
      this.pictures.set(root ?? "", encodePicture(part, startMs, spanMs, 183422));
    }
    return this.pictures.get(root ?? "");
  }

  briefOf(i) {
    const p = this.data.people[i];
    return { person: this.person(i), name: nameOf(p.handle), at: new Date(p.ms).toISOString(), reach: p.reach };
  }

  chain(i) {
    const out = [];
    for (let at = i; at >= 0; at = this.data.people[at].parent) out.unshift(at);
    return out;
  }

  personIn(i) {
    const { people } = this.data;
    const p = people[i];
    const brought = people.map((q, k) => k).filter((k) => people[k].parent === i).sort((a, b) => people[b].ms - people[a].ms).slice(0, 50);
    const chain = this.chain(i);
    return {
      campaign: { id: this.id, name: this.name }, circle: p.circle,
      root: { person: this.person(chain[0]), name: nameOf(people[chain[0]].handle), unit: this.unit(p.store) },
      brought_by: p.parent < 0 ? null : this.briefOf(p.parent), chain: chain.map((k) => this.briefOf(k)), brought: brought.map((k) => this.briefOf(k)),
      direct_invites: p.kids, reach: p.reach, joined_at: new Date(p.ms).toISOString(), touches: 1 + (p.handle % 4), orders: p.orders, paid_minor: p.orders * 8900,
    };
  }

  paths(from, to) {
    const a = this.index(from);
    const b = this.index(to);
    const { people } = this.data;
    const chain = this.chain(b);
    const hop = (i, at) => ({
      person: this.person(i), name: nameOf(people[i].handle), unit: this.unit(people[i].store),
      ...(at === 0 ? {} : { ties: 1 + (people[i].handle % 5), evidence: { zh: "在本活动中打开过 TA 的分享", en: "opened a share of theirs in this campaign" } }),
    });
    const whole = chain[0] === a ? chain : [a, ...chain.slice(-2)];
    const short = [a, ...chain.filter((_, at) => at > 0 && at % 2 === 0 && at < chain.length - 1), b];
    const inStore = people.map((p, i) => i).filter((i) => people[i].store === people[a].store && people[i].parent === a && people[i].kids > 3);
    const other = inStore.length ? [a, inStore[people[b].handle % inStore.length], b] : null;
    const lists = [short, whole, other].filter((list) => list && new Set(list).size === list.length);
    return { from: this.briefOf(a), to: this.briefOf(b), paths: lists.map((list) => ({ hops: list.map(hop), length: list.length - 1 })) };
  }
}
