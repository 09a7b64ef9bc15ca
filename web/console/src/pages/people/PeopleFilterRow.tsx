import { Input, Select, Space } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { listUnits } from "@/api/organisation";
import { useUrlState } from "@/app/parts/useUrlState";
import { keys } from "@/app/queries";
import { DAYS } from "./filters";

/** Filters are kept in the address. A typed one takes effect on Enter or when left. */
export function PeopleFilterRow() {
  const { t } = useTranslation();
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits });
  const [kind, setKind] = useUrlState("kind");
  const [unit, setUnit] = useUrlState("unit");
  const [days, setDays] = useUrlState("days");
  const [city, setCity] = useUrlState("city");
  const cities = (event: { currentTarget: HTMLInputElement }): void => setCity(event.currentTarget.value.trim() || null);
  return (
    <Space wrap style={{ padding: "4px 0 8px", fontWeight: 400 }}>
      <Select allowClear style={{ width: 140 }} placeholder={t("persons.filter.kind")} value={kind} onChange={(value?: string) => setKind(value ?? null)} data-testid="people-kind"
        options={[{ value: "fan", label: t("persons.filter.fan") }, { value: "visitor", label: t("persons.filter.visitor") }]} />
      <Select allowClear showSearch={{ optionFilterProp: "label" }} style={{ width: 200 }} placeholder={t("persons.filter.unit")} value={unit} onChange={(value?: string) => setUnit(value ?? null)} data-testid="people-unit"
        options={(units.data ?? []).map(({ id, name }) => ({ value: id, label: name }))} />
      <Select allowClear style={{ width: 140 }} placeholder={t("persons.filter.seen")} value={days} onChange={(value?: string) => setDays(value ?? null)} data-testid="people-seen"
        options={DAYS.map((count) => ({ value: String(count), label: t("persons.filter.seenDays", { count }) }))} />
      <Input allowClear key={city ?? ""} style={{ width: 130 }} defaultValue={city ?? ""} placeholder={t("persons.filter.city")} aria-label={t("persons.filter.city")}
        onPressEnter={cities} onBlur={cities} onClear={() => setCity(null)} data-testid="people-city" />
    </Space>
  );
}
