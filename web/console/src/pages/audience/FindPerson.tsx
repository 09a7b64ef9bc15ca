import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { AutoComplete, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { findPeople } from "@/api/people";
import { nameOf } from "@/api/types";
import { keys } from "@/app/queries";
import { useSettled } from "./useSettled";

const FOUND = 8;

/** Anybody by name, sound, phone number or id. */
export function FindPerson({ placeholder, onFound, testId }: { placeholder: string; onFound: (person: string, name: string) => void; testId: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const asked = useSettled(text.trim());
  const found = useQuery({ queryKey: keys.people({ q: asked }, FOUND), queryFn: ({ signal }) => findPeople({ q: asked }, null, FOUND, signal), enabled: asked !== "" });
  const people = asked === "" ? [] : (found.data?.items ?? []);
  return (
    <AutoComplete style={{ width: "100%" }} value={text} onChange={setText} defaultActiveFirstOption notFoundContent={asked !== "" && people.length === 0 && found.data ? t("explore.nobody") : null}
      onSelect={(person: string) => { setText(""); onFound(person, nameOf(people.find((each) => each.person === person) ?? { person })); }}
      options={people.map((person) => ({ value: person.person, label: <span data-testid={`${testId}-found`}>{nameOf(person)} <small style={{ color: "var(--text-faint)" }}>{[person.unit?.name, person.person].filter(Boolean).join(" · ")}</small></span> }))}>
      <Input allowClear prefix={<SearchOutlined />} placeholder={placeholder} aria-label={placeholder} data-testid={testId} />
    </AutoComplete>
  );
}
