import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LightList, OverlapList } from "@/api/lights";
import { useFormats } from "@/app/format";
import type { ThemeName } from "@/app/theme/palette";
import type { Named } from "./named";
import { layWater, roomForNames, type Disc } from "./waterLayout";
import styles from "./Lights.module.css";

const WIDTH = 1120;
const HEIGHT = 520;

/** The water: each light a disc of the people it reaches, overlaps where they lie over one another, dark people around. */
export function WaterMap(props: { list: LightList; lights: Named[]; overlaps: OverlapList | undefined; theme: ThemeName; onOpen: (light: string | null) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { list, lights, overlaps, theme } = props;
  const [over, setOver] = useState<number | null>(null);
  const water = useMemo(
    () => layWater(lights.map(({ row }) => row.people), overlaps?.pairs ?? [], list.dark, WIDTH, HEIGHT),
    [lights, overlaps, list.dark],
  );
  const room = useMemo(() => roomForNames(water.discs, lights.map(({ name }) => name)), [water, lights]);
  const hovered = over === null ? undefined : lights[over];
  const label = t("lights.water.label", { lights: lights.length, lit: format.count(list.lit), dark: format.count(list.dark) });
  return (
    <div className={styles.water} data-theme={theme}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={label} data-testid="water-map">
        <defs>
          <radialGradient id="water-deep" cx="50%" cy="45%" r="75%">
            <stop offset="0%" stopColor="var(--water-near)" />
            <stop offset="100%" stopColor="var(--water-far)" />
          </radialGradient>
        </defs>
        <rect width={WIDTH} height={HEIGHT} fill="url(#water-deep)" />
        <g className={styles.darkDots} aria-hidden="true">
          {water.dark.map((dot, at) => <circle key={at} cx={dot.x} cy={dot.y} r="1.6" />)}
        </g>
        {water.discs.map((disc, at) => (
          <LightDisc key={lights[at]?.row.light ?? ""} at={at} disc={disc} light={lights[at]} dim={over !== null && over !== at} onOver={setOver} onOpen={props.onOpen} />
        ))}
        <g className={styles.names} aria-hidden="true">
          {water.discs.map((disc, at) => (room[at] || over === at) && (
            <text key={at} x={disc.x} y={disc.y - 8} opacity={over !== null && over !== at ? 0.35 : 1}>
              <tspan x={disc.x}>{lights[at]?.name}</tspan>
              <tspan x={disc.x} dy="27" className={styles.count}>{format.count(lights[at]?.row.people ?? 0)}</tspan>
            </text>
          ))}
        </g>
      </svg>
      <div className={styles.hover} aria-live="polite">
        {hovered ? (
          <>
            <b style={{ color: hovered.colour }}>●</b> <strong>{hovered.name}</strong>
            <span>{t("lights.table.people")} {format.count(hovered.row.people)}</span>
            <span>{t("lights.band.well")} {format.count(hovered.row.bands.well)}</span>
            <span>{t("lights.band.weak")} {format.count(hovered.row.bands.weak)}</span>
            <span>{t("lights.band.barely")} {format.count(hovered.row.bands.barely)}</span>
            <span>{t("lights.table.shared")} {format.count(hovered.row.shared)}</span>
          </>
        ) : <span>{t("lights.water.hint")}</span>}
      </div>
    </div>
  );
}

function LightDisc(props: { at: number; disc: Disc; light: Named | undefined; dim: boolean; onOver: (at: number | null) => void; onOpen: (light: string | null) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { at, disc, light, dim } = props;
  if (!light) return null;
  const { people, bands } = light.row;
  const inner = (count: number): number => disc.r * Math.sqrt(count / Math.max(1, people));
  const open = (): void => props.onOpen(light.row.light ?? null);
  return (
    <g
      role="button" tabIndex={0} className={styles.disc} data-testid="water-light" opacity={dim ? 0.45 : 1}
      aria-label={t("lights.water.light", { name: light.name, people: format.count(people) })}
      onClick={open} onKeyDown={(event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), open())}
      onMouseEnter={() => props.onOver(at)} onMouseLeave={() => props.onOver(null)} onFocus={() => props.onOver(at)} onBlur={() => props.onOver(null)}
    >
      <circle cx={disc.x} cy={disc.y} r={disc.r} fill={light.colour} fillOpacity="0.2" stroke={light.colour} strokeOpacity="0.5" />
      <circle cx={disc.x} cy={disc.y} r={inner(bands.well + bands.weak)} fill={light.colour} fillOpacity="0.3" />
      <circle cx={disc.x} cy={disc.y} r={inner(bands.well)} fill={light.colour} fillOpacity="0.5" />
      <circle cx={disc.x} cy={disc.y} r="2.6" className={styles.lamp} />
    </g>
  );
}
