import { useMemo } from "react";
import styles from "./Door.module.css";

interface Fan {
  x: number;
  y: number;
  r: number;
  hub: boolean;
}
interface Floret {
  x: number;
  y: number;
  fans: Fan[];
}

const GOLDEN = Math.PI * (3 - Math.sqrt(5));
/** Places and sizes of the groups of people in the dark; the lamp stands at the lower left. */
const GROUPS: [number, number, number][] = [
  [470, 210, 62], [620, 330, 96], [760, 180, 44], [560, 520, 54], [720, 560, 74], [330, 380, 38], [840, 400, 50],
  [400, 90, 30], [880, 90, 36], [880, 690, 46], [430, 690, 34], [640, 720, 26], [250, 560, 22], [180, 260, 18], [90, 90, 16],
];
const LINKS: [number, number][] = [[5, 0], [0, 2], [0, 7], [5, 1], [1, 6], [1, 3], [3, 4], [4, 9], [2, 8], [3, 11], [12, 10], [12, 5], [5, 13], [13, 14]];
const LAMP = { x: 96, y: 812 };

const florets = (): Floret[] =>
  GROUPS.map(([x, y, size]) => ({
    x,
    y,
    fans: Array.from({ length: size }, (_, at) => {
      const away = at === 0 ? 0 : 8 + 6.4 * Math.sqrt(at);
      return { x: x + Math.cos(at * GOLDEN) * away, y: y + Math.sin(at * GOLDEN) * away, r: at === 0 ? 5 : 1.7, hub: at === 0 };
    }),
  }));

/** People in the dark, and a beam that finds them: the same drawing twice, the bright one seen only through the beam. */
export function Beam() {
  const groups = useMemo(florets, []);
  const people = (lit: boolean) => (
    <g>
      <g stroke={lit ? "#F5A524" : "#5B6F94"} strokeOpacity={lit ? 0.5 : 0.22} strokeWidth="1">
        {LINKS.map(([from, to]) => {
          const [a, b] = [groups[from], groups[to]];
          return a && b ? <line key={`${from}-${to}`} x1={a.x} y1={a.y} x2={b.x} y2={b.y} /> : null;
        })}
      </g>
      {groups.map((group) =>
        group.fans.map((fan, at) => (
          <circle key={`${group.x}-${at}`} cx={fan.x} cy={fan.y} r={fan.r}
            fill={lit ? (fan.hub ? "#FFC04D" : "#FFF3DC") : "#7E92B8"} fillOpacity={lit ? 1 : fan.hub ? 0.55 : 0.26} />
        )),
      )}
    </g>
  );
  const cone = `M${LAMP.x},${LAMP.y} L520,-260 L1190,120 Z`;
  return (
    <svg className={styles.beam} viewBox="0 0 960 900" preserveAspectRatio="xMidYMid slice">
      <defs>
        <radialGradient id="light" gradientUnits="userSpaceOnUse" cx={LAMP.x} cy={LAMP.y} r="1050">
          <stop offset="0" stopColor="#F5A524" stopOpacity="0.5" />
          <stop offset="0.35" stopColor="#F5A524" stopOpacity="0.2" />
          <stop offset="1" stopColor="#F5A524" stopOpacity="0" />
        </radialGradient>
        <radialGradient id="edge" gradientUnits="userSpaceOnUse" cx={LAMP.x} cy={LAMP.y} r="1080">
          <stop offset="0" stopColor="#fff" />
          <stop offset="0.7" stopColor="#fff" />
          <stop offset="1" stopColor="#fff" stopOpacity="0.15" />
        </radialGradient>
        <filter id="soft" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="14" /></filter>
        <mask id="inBeam" maskUnits="userSpaceOnUse" x="0" y="0" width="960" height="900">
          <path className={styles.sweep} d={cone} fill="url(#edge)" filter="url(#soft)" />
        </mask>
      </defs>
      {people(false)}
      <path className={styles.sweep} d={cone} fill="url(#light)" filter="url(#soft)" />
      <g mask="url(#inBeam)">{people(true)}</g>
      <circle cx={LAMP.x} cy={LAMP.y} r="46" fill="#F5A524" opacity="0.16" />
      <circle cx={LAMP.x} cy={LAMP.y} r="26" fill="#F5A524" opacity="0.3" />
      <circle cx={LAMP.x} cy={LAMP.y} r="13" fill="#FFC04D" />
    </svg>
  );
}
