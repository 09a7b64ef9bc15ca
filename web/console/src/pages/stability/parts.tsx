import { Select, Tag } from "antd";
import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { findPeople } from "@/api/people";
import type { Somebody } from "@/api/stability";
import { nameOf } from "@/api/types";
import styles from "./Stability.module.css";

const FOUND_MAX = 12;

/** A person with their store; a root is marked. */
export function Who({ who }: { who: Somebody }) {
  const { t } = useTranslation();
  return (
    <span className={styles.person}>
      <Link to={`/people/${who.person}`}>{nameOf(who)}</Link>
      {who.is_root && <Tag variant="filled" color="gold">{t("stability.persons.root")}</Tag>}
      {who.unit && <small>{who.unit.name}</small>}
    </span>
  );
}

/** Finds one person by name, pinyin, phone or id. */
export function PickPerson({ value, label, onPick, testId }: { value: string | null; label: string; onPick: (person: string | null) => void; testId: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const asked = text.trim();
  const found = useQuery({
    queryKey: ["pick-person", asked],
    queryFn: ({ signal }) => findPeople({ q: asked }, null, FOUND_MAX, signal),
    enabled: asked !== "",
    staleTime: 30_000,
  });
  const options = (asked ? found.data?.items ?? [] : []).map((person) => ({ value: person.person, label: [nameOf(person), person.unit?.name].filter(Boolean).join(" · ") }));
  return (
    <Select showSearch={{ filterOption: false, onSearch: setText, searchValue: text }} allowClear value={value} options={options} placeholder={t("stability.leave.placeholder")} aria-label={label} className={styles.pick ?? ""} data-testid={testId}
      notFoundContent={null} loading={found.isFetching} onChange={(person: string | undefined) => { setText(""); onPick(person ?? null); }} />
  );
}
