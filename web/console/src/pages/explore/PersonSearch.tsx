import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { AutoComplete, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { findPeople } from "@/api/people";
import { nameOf } from "@/api/types";
import { keys } from "@/app/queries";

const PATIENCE_MS = 180;
const FOUND = 8;

/** Anybody by name, sound, phone number or id. */
export function PersonSearch({ onFound }: { onFound: (person: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const found = useQuery({ queryKey: keys.people({ q: asked }, FOUND), queryFn: ({ signal }) => findPeople({ q: asked }, null, FOUND, signal), enabled: asked !== "" });
  const options = (asked === "" ? [] : (found.data?.items ?? [])).map((person) => ({
    value: person.person,
    label: <span data-testid="explore-found">{nameOf(person)} <small style={{ color: "var(--text-faint)" }}>{[person.unit?.name, person.person].filter(Boolean).join(" · ")}</small></span>,
  }));
  const open = (person: string): void => {
    setText("");
    onFound(person);
  };
  return (
    <AutoComplete style={{ width: 300 }} value={text} options={options} onChange={setText} onSelect={open} defaultActiveFirstOption
      notFoundContent={asked !== "" && found.data?.items.length === 0 ? t("explore.nobody") : null}>
      <Input prefix={<SearchOutlined />} allowClear placeholder={t("explore.search")} aria-label={t("explore.search")} data-testid="explore-search" />
    </AutoComplete>
  );
}
