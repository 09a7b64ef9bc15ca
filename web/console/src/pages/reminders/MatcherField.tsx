import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { ReminderFilter } from "@/api/reminders";
import { EventField } from "../audience/rule/fields";
import type { MatcherDraft } from "./draft";
import styles from "./Reminders.module.css";

const TESTS = ["contains", "is", "is_not", "at_least", "at_most"] as const satisfies readonly ReminderFilter["test"][];
/** What facts of orders and shares usually hold; anything else is typed. */
const PROPERTIES = ["items.name", "items.sku", "product", "amount_minor", "campaign", "order_id"];
const FILTERS_MAX = 10;

/** Which facts: a name, and conditions on what stands in them. */
export function MatcherField({ value, onChange, testId }: { value: MatcherDraft; onChange: (value: MatcherDraft) => void; testId: string }) {
  const { t } = useTranslation();
  const put = (at: number, filter: Partial<ReminderFilter>): void => onChange({ ...value, filters: value.filters.map((each, place) => (place === at ? { ...each, ...filter } : each)) });
  return (
    <div className={styles.matcher}>
      <EventField value={value.event} onChange={(event) => onChange({ ...value, event })} testId={`${testId}-event`} />
      {value.filters.map((filter, at) => (
        <div key={at} className={styles.filter} data-testid={`${testId}-filter`}>
          <AutoComplete value={filter.property} onChange={(property: string) => put(at, { property })} options={PROPERTIES.map((each) => ({ value: each }))} status={filter.property.trim() === "" ? "warning" : ""} popupMatchSelectWidth={false}
            placeholder={t("reminders.form.property")} aria-label={t("reminders.form.property")} data-testid={`${testId}-property`} />
          <Select value={filter.test} onChange={(test) => put(at, { test })} aria-label={t("reminders.form.test")} popupMatchSelectWidth={false} options={TESTS.map((each) => ({ value: each, label: t(`reminders.test.${each}`) }))} />
          <Input value={filter.value} onChange={({ target }) => put(at, { value: target.value })} status={filter.value.trim() === "" ? "warning" : ""} placeholder={t("reminders.form.value")} aria-label={t("reminders.form.value")} data-testid={`${testId}-value`} />
          <Button type="text" icon={<CloseOutlined />} onClick={() => onChange({ ...value, filters: value.filters.filter((_, place) => place !== at) })} aria-label={t("reminders.form.filterOff")} />
        </div>
      ))}
      {value.filters.length < FILTERS_MAX && (
        <Button size="small" type="link" icon={<PlusOutlined />} onClick={() => onChange({ ...value, filters: [...value.filters, { property: "items.name", test: "contains", value: "" }] })} data-testid={`${testId}-filter-add`}>{t("reminders.form.filterAdd")}</Button>
      )}
    </div>
  );
}
