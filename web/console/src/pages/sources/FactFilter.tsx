import { Input, Select, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { KINDS } from "@/api/sources";
import { usePatchUrl, useUrlState } from "@/app/parts/useUrlState";
import { WHO, type Who } from "./filters";
import { SourceSelect } from "./SourceSelect";

/** Filters are kept in the address. Typed ones take effect on Enter or when left. */
export function FactFilter() {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const [event, setEvent] = useUrlState("event");
  const [type, setType] = useUrlState("type");
  const named = WHO.find((name) => params.get(name)) ?? null;
  const [who, setWho] = useState<Who>(named ?? "user_id");
  const person = named === null ? "" : (params.get(named) ?? "");
  const ask = (name: Who, value: string): void => patch({ ...Object.fromEntries(WHO.map((each) => [each, null])), [name]: value.trim() || null });
  const typed = (set: (value: string) => void) => (input: { currentTarget: HTMLInputElement }) => set(input.currentTarget.value);
  const [commitEvent, commitPerson] = [typed((value) => setEvent(value.trim() || null)), typed((value) => ask(who, value))];
  return (
    <Space wrap>
      <Input allowClear key={`event ${event ?? ""}`} style={{ width: 170 }} defaultValue={event ?? ""} placeholder={t("sources.filter.event")}
        onPressEnter={commitEvent} onBlur={commitEvent} onClear={() => setEvent(null)} data-testid="facts-event" />
      <SourceSelect />
      <Select allowClear style={{ width: 110 }} placeholder={t("sources.filter.kind")} value={type} options={KINDS.map((kind) => ({ value: kind, label: t(`sources.kind.${kind}`) }))}
        onChange={(value?: string) => setType(value ?? null)} data-testid="facts-kind" />
      <Space.Compact>
        <Select style={{ width: 112 }} value={who} options={WHO.map((name) => ({ value: name, label: t(`sources.who.${name}`) }))} aria-label={t("sources.filter.person")}
          onChange={(name: Who) => { setWho(name); if (person !== "") ask(name, person); }} data-testid="facts-who" />
        <Input allowClear key={`person ${person}`} style={{ width: 150 }} defaultValue={person} placeholder={who === "person" ? "p42" : ""} aria-label={t(`sources.who.${who}`)}
          onPressEnter={commitPerson} onBlur={commitPerson} onClear={() => ask(who, "")} data-testid="facts-person" />
      </Space.Compact>
    </Space>
  );
}
