import { useTranslation } from "react-i18next";
import { nameOf, type PersonInCampaign } from "@/api/types";
import styles from "./PersonPanel.module.css";

const WIDTH = 348;
const SHOWN = 6;

interface Props {
  here: PersonInCampaign;
  name: string;
  self: string;
  colour: string;
  onOpen: (person: string) => void;
}

const clip = (name: string): string => ([...name].length > 8 ? `${[...name].slice(0, 7).join("")}…` : name);
const dot = (reach: number): number => 5 + Math.min(9, Math.log2(reach + 1) * 0.8);

/** Who brought them on the left, they in the middle, whom they brought on the right; dots grow with reach. */
export function MiniTree({ here, name, self, colour, onOpen }: Props) {
  const { t } = useTranslation();
  const brought = [...here.brought].sort((a, b) => (b.reach ?? 0) - (a.reach ?? 0)).slice(0, SHOWN);
  const more = here.direct_invites - brought.length;
  const rows = Math.max(1, brought.length + (more > 0 ? 1 : 0));
  const height = Math.max(84, rows * 26 + 16);
  const middle = height / 2;
  const rowY = (at: number): number => middle + (at - (rows - 1) / 2) * 26;
  const x = { root: 18, by: 92, self: 176, brought: 258 };
  const between = here.chain.length - 3;
  const curve = (fromX: number, fromY: number, toX: number, toY: number): string => {
    const half = (fromX + toX) / 2;
    return `M${fromX},${fromY} C${half},${fromY} ${half},${toY} ${toX},${toY}`;
  };
  const root = here.chain[0];
  const farRoot = here.brought_by && root && root.person !== here.brought_by.person ? root : null;
  return (
    <svg className={styles.tree} viewBox={`0 0 ${WIDTH} ${height}`} width="100%" role="img" aria-label={t("network.person.tree")}>
      <g fill="none" stroke={colour} strokeWidth="1.5" opacity="0.7">
        {farRoot && <path d={`M${x.root},${middle} H${x.by}`} strokeDasharray={between > 0 ? "2 5" : undefined} />}
        {here.brought_by && <path d={`M${x.by},${middle} H${x.self}`} />}
        {brought.map((each, at) => <path key={each.person} d={curve(x.self, middle, x.brought, rowY(at))} />)}
        {more > 0 && <path d={curve(x.self, middle, x.brought, rowY(rows - 1))} strokeDasharray="2 4" />}
      </g>
      {farRoot && <Dot x={x.root} y={middle} r={6} fill={colour} name={clip(nameOf(farRoot))} below onOpen={() => onOpen(farRoot.person)} />}
      {farRoot && between > 0 && <text x={(x.root + x.by) / 2} y={middle - 8} textAnchor="middle" className={styles.small}>+{between}</text>}
      {here.brought_by && (
        <Dot x={x.by} y={middle} r={7} fill={colour} name={clip(nameOf(here.brought_by))} below onOpen={() => onOpen(here.brought_by?.person ?? self)} />
      )}
      <circle cx={x.self} cy={middle} r={dot(here.reach) + 4} fill="var(--accent)" opacity="0.2" />
      <Dot x={x.self} y={middle} r={dot(here.reach)} fill="var(--accent)" name={clip(name)} below strong />
      {brought.map((each, at) => (
        <Dot key={each.person} x={x.brought} y={rowY(at)} r={dot(each.reach ?? 0) * 0.8} fill={colour} name={clip(nameOf(each))} onOpen={() => onOpen(each.person)} />
      ))}
      {more > 0 && <text x={x.brought + 12} y={rowY(rows - 1) + 4} className={styles.small}>{t("network.person.more", { count: more })}</text>}
    </svg>
  );
}

function Dot(props: { x: number; y: number; r: number; fill: string; name: string; below?: boolean; strong?: boolean; onOpen?: () => void }) {
  const { x, y, r, fill, name, below, strong, onOpen } = props;
  return (
    <g
      className={onOpen ? styles.node : undefined}
      onClick={onOpen}
      onKeyDown={(event) => event.key === "Enter" && onOpen?.()}
      role={onOpen ? "button" : undefined}
      tabIndex={onOpen ? 0 : undefined}
      aria-label={name}
    >
      <circle cx={x} cy={y} r={r} fill={fill} />
      <text x={below ? x : x + r + 7} y={below ? y + r + 16 : y + 4} textAnchor={below ? "middle" : "start"} className={strong ? styles.strong : undefined}>
        {name}
      </text>
    </g>
  );
}
