import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useUrlState } from "@/app/parts/useUrlState";
import { useSourceNames } from "./useSourceNames";

/** Only facts of one key or person. */
export function SourceSelect() {
  const { t } = useTranslation();
  const names = useSourceNames();
  const [source, setSource] = useUrlState("source");
  const known = [...names].map(([value, label]) => ({ value, label }));
  const options = source === null || names.has(source) ? known : [...known, { value: source, label: source }];
  return (
    <Select allowClear showSearch={{ optionFilterProp: "label" }} style={{ width: 180 }} placeholder={t("sources.filter.source")} value={source} options={options}
      onChange={(value?: string) => setSource(value ?? null)} data-testid="facts-source" />
  );
}
