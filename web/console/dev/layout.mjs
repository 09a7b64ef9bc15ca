/** A plain stand-in for the server's layout: cones for those who share, florets of those who do not, then no overlap. */
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

export function place(people) {
  const n = people.length;
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  const kids = Array.from({ length: n }, () => []);
  people.forEach((p, i) => p.parent >= 0 && kids[p.parent].push(i));
  const leaves = new Float64Array(n);
  people.forEach((p) => p.parent >= 0 && p.kids === 0 && leaves[p.parent]++);
  const disc = (i) => 3 + 2.35 * Math.sqrt(leaves[i]);
  const weight = (i) => Math.pow(people[i].reach + 1, 0.62);
  const roots = [...people.keys()].filter((i) => people[i].parent < 0);

  const total = roots.reduce((sum, i) => sum + weight(i), 0);
  let angle = -0.4;
  const cone = new Float64Array(n);
  const heading = new Float64Array(n);
  for (const i of roots) {
    const width = (weight(i) / total) * Math.PI * 2;
    heading[i] = angle + width / 2;
    cone[i] = width;
    const away = 90 + disc(i) * 1.5 + 55 * (i % 3) / 2;
    x[i] = Math.cos(heading[i]) * away;
    y[i] = Math.sin(heading[i]) * away;
    angle += width;
  }
  for (let i = 0; i < n; i++) {
    const inner = kids[i].filter((k) => people[k].kids > 0).sort((a, b) => weight(a) - weight(b));
    const fan = [];
    inner.forEach((k, at) => (at % 2 ? fan.push(k) : fan.unshift(k)));
    const sum = fan.reduce((s, k) => s + weight(k), 0);
    const width = Math.min(Math.PI * 0.95, Math.max(cone[i] * 1.1, 0.5));
    let from = heading[i] - width / 2;
    for (const k of fan) {
      const part = (weight(k) / sum) * width;
      heading[k] = from + part / 2;
      cone[k] = Math.max(part, 0.35);
      const away = disc(i) + disc(k) + 7 + Math.pow(people[k].reach, 0.5) * 0.8;
      x[k] = x[i] + Math.cos(heading[k]) * away;
      y[k] = y[i] + Math.sin(heading[k]) * away;
      from += part;
    }
  }
  relax(people, x, y, disc);
  kids.forEach((own, i) => {
    let at = 0;
    for (const k of own) {
      if (people[k].kids > 0) continue;
      const away = 2.2 + 1.15 * Math.sqrt(at + 0.6);
      x[k] = x[i] + Math.cos(at * GOLDEN) * away;
      y[k] = y[i] + Math.sin(at * GOLDEN) * away;
      at++;
    }
  });
  return { x, y };
}

/** Pushes discs of people who share apart, keeping springs to their parents. */
function relax(people, x, y, disc) {
  const inner = [...people.keys()].filter((i) => people[i].kids > 0 || people[i].parent < 0);
  for (let round = 0; round < 160; round++) {
    const cell = 60;
    const grid = new Map();
    for (const i of inner) {
      const key = `${Math.floor(x[i] / cell)},${Math.floor(y[i] / cell)}`;
      if (!grid.has(key)) grid.set(key, []);
      grid.get(key).push(i);
    }
    for (const i of inner) {
      const cx = Math.floor(x[i] / cell);
      const cy = Math.floor(y[i] / cell);
      const around = Math.ceil((disc(i) + 20) / cell);
      for (let gx = cx - around; gx <= cx + around; gx++) {
        for (let gy = cy - around; gy <= cy + around; gy++) {
          for (const j of grid.get(`${gx},${gy}`) ?? []) {
            if (j <= i) continue;
            const dx = x[j] - x[i];
            const dy = y[j] - y[i];
            const d = Math.hypot(dx, dy) || 0.01;
            const overlap = disc(i) + disc(j) + 2 - d;
            if (overlap <= 0) continue;
            const wi = disc(j) ** 2 / (disc(i) ** 2 + disc(j) ** 2);
            const push = overlap * 0.42;
            x[i] -= (dx / d) * push * wi;
            y[i] -= (dy / d) * push * wi;
            x[j] += (dx / d) * push * (1 - wi);
            y[j] += (dy / d) * push * (1 - wi);
          }
        }
      }
    }
    for (const i of inner) {
      const p = people[i].parent;
      if (p < 0) continue;
      const dx = x[i] - x[p];
      const dy = y[i] - y[p];
      const d = Math.hypot(dx, dy) || 1;
      const want = disc(i) + disc(p) + 8;
      const pull = (d - want) * 0.04;
      if (pull > 0) {
        x[i] -= (dx / d) * pull;
        y[i] -= (dy / d) * pull;
      }
    }
  }
}
