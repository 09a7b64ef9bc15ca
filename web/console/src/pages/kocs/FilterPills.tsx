import { Button, Select, Space, Switch } from "antd";
import { useTranslation } from "react-i18next";
import type { Campaign, KocBoard } from "@/api/types";
import { usePatchUrl } from "@/app/parts/useUrlState";
import type { BoardFilters } from "@/api/kocs";
import { FILTERS } from "./filters";

interface Props {
  filters: BoardFilters;
  board: KocBoard | undefined;
  campaigns: readonly Campaign[];
}

/** Which people count, kept in the address. Stores, cities and circles tell how many KOCs they have. */
export function FilterPills({ filters, board, campaigns }: Props) {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const set = (name: (typeof FILTERS)[number]) => (value?: string | number | null): void => patch({ [name]: value == null ? null : String(value) });
  const kocs = (count: number): string => (count > 0 ? ` · ${t("kocs.filter.withKocs", { count })}` : "");
  const cities = new Map<string, number>();
  for (const { city, kocs: count } of board?.units ?? []) if (city) cities.set(city, (cities.get(city) ?? 0) + count);
  const unknownUnit = filters.unit && !board?.units.some(({ unit }) => unit.id === filters.unit) ? [{ value: filters.unit, label: filters.unit }] : [];
  const active = FILTERS.some((name) => name !== "campaign" && (name === "kocs" ? filters.kocs_only : filters[name as keyof BoardFilters]));
  return (
    <Space wrap size={8} style={{ padding: "4px 0 8px", fontWeight: 400 }}>
      <Select style={{ minWidth: 170 }} value={filters.campaign ?? ""} onChange={(value) => set("campaign")(value || null)} data-testid="board-campaign" aria-label={t("kocs.filter.campaign")}
        options={[{ value: "", label: t("kocs.across") }, ...campaigns.map(({ id, name }) => ({ value: id, label: name }))]} />
      <Select allowClear showSearch={{ optionFilterProp: "label" }} style={{ minWidth: 170 }} popupMatchSelectWidth={false} placeholder={t("kocs.filter.unit")} value={filters.unit ?? null} onChange={set("unit")} data-testid="board-unit"
        options={[...unknownUnit, ...(board?.units ?? []).map(({ unit, kocs: count }) => ({ value: unit.id, label: `${unit.name}${kocs(count)}` }))]} />
      <Select allowClear showSearch={{ optionFilterProp: "label" }} style={{ minWidth: 110 }} popupMatchSelectWidth={false} placeholder={t("kocs.filter.city")} value={filters.city ?? null} onChange={set("city")} data-testid="board-city"
        options={[...cities].map(([name, count]) => ({ value: name, label: `${name}${kocs(count)}` }))} />
      <Select allowClear style={{ minWidth: 110 }} popupMatchSelectWidth={false} placeholder={t("kocs.filter.circle")} value={filters.circle ?? null} onChange={set("circle")} data-testid="board-circle"
        options={(board?.circles ?? []).map(({ circle, kocs: count }) => ({ value: circle, label: `${t("kocs.filter.circleN", { n: circle })}${kocs(count)}` }))} />
      <Select allowClear style={{ minWidth: 100 }} placeholder={t("kocs.filter.kind")} value={filters.kind ?? null} onChange={set("kind")} data-testid="board-kind"
        options={[{ value: "fan", label: t("network.person.fan") }, { value: "visitor", label: t("network.person.visitor") }]} />
      <label style={{ display: "inline-flex", gap: 6, alignItems: "center", cursor: "pointer" }}>
        <Switch size="small" checked={filters.kocs_only ?? false} onChange={(on) => set("kocs")(on ? "1" : null)} data-testid="board-only" />
        {t("kocs.filter.only")}
      </label>
      {active && <Button type="link" size="small" onClick={() => patch(Object.fromEntries(FILTERS.filter((name) => name !== "campaign").map((name) => [name, null])))} data-testid="board-clear">{t("kocs.filter.clear")}</Button>}
    </Space>
  );
}
