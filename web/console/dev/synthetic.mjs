/** A made-up campaign: stores, people who share and people who do not, two days of growth. Seeded, so always the same. */

export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁";
const GIVEN = "小晓雨思佳梓欣子若一诗语婷雅静敏丽芳娟燕玲琳倩洁莹雪梅兰慧颖悦怡涵萱琪瑶妍彤菲薇伟强磊军洋勇杰涛明超辉鹏浩宇轩博文俊凯翔晨阳";
const PLACES = ["朝阳大悦城", "中关村", "望京", "西单", "五道口", "国贸", "徐家汇", "静安寺", "陆家嘴", "人民广场", "天河城", "北京路", "体育西", "春熙路", "太古里", "武林广场", "湖滨银泰", "新街口", "夫子庙", "解放碑", "观音桥", "江汉路", "光谷", "五一广场"];

export const nameOf = (handle) => {
  const r = random(handle * 7919 + 13);
  const pick = (from) => from[Math.floor(r() * from.length)];
  return pick(SURNAMES) + pick(GIVEN) + (r() < 0.62 ? pick(GIVEN) : "");
};
export const storeName = (i) => `${PLACES[i % PLACES.length]}店`;

const CIRCLES_MAX = 12;

/** Grows one store to `size` people; returns parents by index within the store, in joining order. */
function grow(size, r) {
  const parent = new Int32Array(size).fill(-1);
  const circle = new Uint8Array(size);
  const sharers = [0];
  const reachTo = [40];
  const heavy = () => 0.4 / Math.pow(1 - r() * 0.9995, 1 / 1.15);
  for (let i = 1; i < size; i++) {
    let at;
    const total = reachTo.at(-1);
    if (r() < 0.5) {
      const recent = Math.max(0, reachTo.length - 60);
      const base = recent === 0 ? 0 : reachTo[recent - 1];
      at = search(reachTo, base + r() * (total - base));
    } else at = search(reachTo, r() * total);
    const by = sharers[at];
    parent[i] = by;
    circle[i] = circle[by] + 1;
    if (circle[i] < CIRCLES_MAX && r() < 0.125) {
      sharers.push(i);
      reachTo.push(total + heavy());
    }
  }
  return { parent, circle };
}

function search(sums, value) {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (sums[mid] < value) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** The campaign's tree in breadth-first order (roots first), columns by person. */
export function makeCampaign({ people, stores, seed, startMs, hours }) {
  const r = random(seed);
  const weights = Array.from({ length: stores }, (_, i) => 1 / Math.pow(i + 1.6, 0.85) + 0.05 * r());
  const sum = weights.reduce((a, b) => a + b, 0);
  const parts = weights.map((weight) => Math.max(2, Math.round((weight / sum) * people)));
  parts[0] += people - parts.reduce((a, b) => a + b, 0);

  const all = [];
  for (let store = 0; store < stores; store++) {
    const { parent, circle } = grow(parts[store], r);
    const late = r() * 0.12;
    const base = all.length;
    for (let i = 0; i < parts[store]; i++) {
      const when = late + (1 - late) * Math.pow(i / parts[store], 0.55 + r() * 0.02);
      all.push({ store, above: parent[i] < 0 ? -1 : base + parent[i], circle: circle[i], when: rhythm(when), kids: [] });
    }
  }
  all.forEach((person, i) => {
    if (person.above >= 0) {
      person.when = Math.max(person.when, all[person.above].when + 1e-5);
      all[person.above].kids.push(i);
    }
  });
  const byJoining = all.map((_, i) => i).sort((a, b) => all[a].when - all[b].when);
  byJoining.forEach((i, rank) => (all[i].handle = rank + 1 + Math.floor(rank / 9)));

  const order = all.map((_, i) => i).filter((i) => all[i].above < 0);
  for (let at = 0; at < order.length; at++) {
    order.push(...all[order[at]].kids.sort((a, b) => all[a].when - all[b].when));
  }
  const place = new Int32Array(all.length);
  order.forEach((i, at) => (place[i] = at));
  const spanMs = hours * 3_600_000;
  const first = all[byJoining[0]].when;
  const last = Math.max(...byJoining.slice(-1).map((i) => all[i].when));
  const out = order.map((i) => {
    const person = all[i];
    const t = (person.when - first) / (last - first);
    return {
      handle: person.handle,
      store: person.store,
      parent: person.above < 0 ? -1 : place[person.above],
      circle: person.circle,
      t,
      ms: startMs + t * spanMs,
      fan: person.above < 0 || person.kids.length > 0 || r() < 0.71,
      kids: person.kids.length,
      orders: r() < 0.06 ? 1 + Math.floor(r() * 3) : 0,
      reach: 0,
    };
  });
  for (let i = out.length - 1; i >= 0; i--) if (out[i].parent >= 0) out[out[i].parent].reach += out[i].reach + 1;
  return { people: out, stores, startMs, spanMs };
}

/** Few join at night: uniform 0…1 → 0…1 with two quiet stretches. */
function rhythm(u) {
  const wave = (x) => x + 0.055 * Math.sin(x * Math.PI * 4 - 0.6);
  return (wave(u) - wave(0)) / (wave(1) - wave(0));
}
