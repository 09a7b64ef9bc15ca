import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, InputNumber, Select, Switch, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { CodeWay } from "@/api/content";
import styles from "./Spread.module.css";

export const newWay = (at: number): CodeWay => ({ way: `way-${at}`, name: "", kind: "staff", staff: null, unit: null, url: "", capacity: null, weight: 1, hours: null, on: true });

/** A minute of the day as `HH:mm`, and back. */
export const clockOf = (minute: number): string => [Math.floor(minute / 60) % 24, minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
export const minuteOf = (clock: string): number | null => {
  const found = /^(\d{1,2}):(\d{2})/.exec(clock);
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
};

/** Whom a live code leads to, one after the other. `faults` are what the server refused, by place and field. */
export function Ways({ ways, onChange, units, staff, load, faults }: {
  ways: CodeWay[];
  onChange: (ways: CodeWay[]) => void;
  units: { value: string; label: string }[];
  staff: { value: string; label: string }[];
  load?: Record<string, number>;
  faults: Map<string, string>;
}) {
  const { t } = useTranslation();
  const put = (at: number, change: Partial<CodeWay>): void => onChange(ways.map((way, place) => (place === at ? { ...way, ...change } : way)));
  // Half of it is nothing: the other half begins as a shop's day.
  const hours = (at: number, { hours: now }: CodeWay, said: { from?: number | null; to?: number | null }): void =>
    put(at, { hours: Object.values(said).includes(null) ? null : { from: said.from ?? now?.from ?? 540, to: said.to ?? now?.to ?? 1260 } });
  const free = (): number => { let at = ways.length + 1; while (ways.some(({ way }) => way === `way-${at}`)) at += 1; return at; };
  const status = (at: number, field: string) => (faults.has(`${at}.${field}`) ? { status: "error" as const } : {});
  return (
    <div className={styles.ways} data-testid="ways">
      {ways.map((way, at) => (
        <section key={way.way} className={styles.way} data-testid="way">
          <div className={styles.wayRow}>
            <Input value={way.name} maxLength={60} {...status(at, "name")} placeholder={t("spread.way.name")} aria-label={t("spread.way.name")} onChange={({ target }) => put(at, { name: target.value })} data-testid="way-name" />
            <Select value={way.kind} options={(["staff", "group"] as const).map((value) => ({ value, label: t(`spread.way.kind.${value}`) }))} onChange={(kind) => put(at, { kind })} style={{ width: 92 }} aria-label={t("spread.way.kindOf")} />
            <Tooltip title={t("spread.way.on")}><Switch size="small" checked={way.on ?? true} onChange={(on) => put(at, { on })} aria-label={t("spread.way.on")} /></Tooltip>
            <Button type="text" danger icon={<DeleteOutlined />} disabled={ways.length === 1} onClick={() => onChange(ways.filter((_, place) => place !== at))} aria-label={t("spread.way.remove")} />
          </div>
          <Input value={way.url} maxLength={2000} {...status(at, "url")} placeholder="https://work.weixin.qq.com/ca/…" aria-label={t("spread.way.url")} onChange={({ target }) => put(at, { url: target.value.trim() })} data-testid="way-url" />
          <div className={styles.wayRow}>
            <label>{t("spread.way.capacity")}<InputNumber min={1} max={1_000_000} value={way.capacity ?? null} placeholder={t("spread.way.noBound")} onChange={(capacity) => put(at, { capacity })} {...status(at, "capacity")} /></label>
            <label>{t("spread.way.weight")}<InputNumber min={1} max={100} value={way.weight ?? 1} onChange={(weight) => put(at, { weight: weight ?? 1 })} {...status(at, "weight")} /></label>
            <label>{t("spread.way.hours")}<span className={styles.hours}>
              <Input type="time" value={way.hours ? clockOf(way.hours.from) : ""} {...status(at, "hours")} aria-label={t("spread.way.from")} onChange={({ target }) => hours(at, way, { from: minuteOf(target.value) })} />
              <Input type="time" value={way.hours ? clockOf(way.hours.to) : ""} {...status(at, "hours")} aria-label={t("spread.way.to")} onChange={({ target }) => hours(at, way, { to: minuteOf(target.value) })} />
            </span></label>
          </div>
          <div className={styles.wayRow}>
            <Select allowClear showSearch={{ optionFilterProp: "label" }} value={way.staff ?? null} options={staff} style={{ flex: 1, minWidth: 160 }} placeholder={t("spread.form.staff")} onChange={(next: string | undefined) => put(at, { staff: next ?? null })} aria-label={t("spread.form.staff")} />
            <Tooltip title={t("spread.way.unitHint")}><Select allowClear showSearch={{ optionFilterProp: "label" }} value={way.unit ?? null} options={units} style={{ flex: 1, minWidth: 160 }} placeholder={t("spread.form.unit")} onChange={(next: string | undefined) => put(at, { unit: next ?? null })} aria-label={t("spread.form.unit")} /></Tooltip>
            {load && <small>{t("spread.way.today", { count: load[way.way] ?? 0 })}</small>}
          </div>
          {[...faults].filter(([place]) => place.startsWith(`${at}.`)).map(([place, said]) => <p key={place} role="alert" className={styles.refused}>{said}</p>)}
        </section>
      ))}
      <Button block type="dashed" icon={<PlusOutlined />} disabled={ways.length >= 100} onClick={() => onChange([...ways, newWay(free())])} data-testid="way-add">{t("spread.way.add")}</Button>
    </div>
  );
}

/** What the server refused about ways: `routing.ways[2].url` becomes `2.url`. */
export const wayFaults = (errors: readonly { field?: string | undefined; message: string }[] | undefined): Map<string, string> =>
  new Map((errors ?? []).flatMap(({ field, message }) => {
    const found = /^routing\.ways\[(\d+)]\.(\w+)/.exec(field ?? "");
    return found ? [[`${found[1]}.${found[2]}`, message] as const] : [];
  }));
