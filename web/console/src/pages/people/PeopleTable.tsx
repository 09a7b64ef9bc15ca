import { SettingOutlined } from "@ant-design/icons";
import { Button, Checkbox, Popover, Table, Tag, Tooltip, type TableColumnsType } from "antd";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { nameOf, type PersonRow } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import styles from "./People.module.css";

export const COLUMNS = ["standing", "phone", "city", "unit", "reach", "campaigns", "first", "last"] as const;

/** Everybody who was found; the name leads to the person, the arrow keys from one name to the next. */
export function PeopleTable({ people, stale }: { people: PersonRow[]; stale: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const navigate = useNavigate();
  const hidden = usePreferences((state) => state.peopleHidden);
  const all: TableColumnsType<PersonRow> = [
    { key: "standing", title: t("persons.column.standing"), render: (_, { is_fan }) => (
      <Tag variant="filled" color={is_fan ? "gold" : "default"}>{t(is_fan ? "network.person.fan" : "network.person.visitor")}</Tag>) },
    { key: "phone", title: t("persons.column.phone"), render: (_, { phone_masked }) => phone_masked ?? NOTHING },
    { key: "city", title: t("persons.column.city"), render: (_, { city }) => city ?? NOTHING },
    { key: "unit", title: t("persons.column.unit"), render: (_, { unit }) => unit?.name ?? NOTHING },
    { key: "reach", title: t("persons.column.reach"), align: "right", render: (_, { reach }) => format.count(reach) },
    { key: "campaigns", title: t("persons.column.campaigns"), align: "right", render: (_, { campaigns }) => format.count(campaigns) },
    { key: "first", title: t("persons.column.first"), render: (_, { first_seen }) => format.moment(first_seen) },
    { key: "last", title: t("persons.column.last"), render: (_, { last_seen }) => format.moment(last_seen) },
  ];
  const columns: TableColumnsType<PersonRow> = [
    { key: "name", title: <span className={styles.nameHead}>{t("persons.column.name")}<ColumnChoice /></span>, render: (_, person) => <Name person={person} /> },
    ...all.filter((column) => !hidden.includes(String(column.key))),
  ];
  return (
    <Table<PersonRow> rowKey="person" columns={columns} dataSource={people} pagination={false} scroll={{ x: "max-content" }} className={stale ? styles.stale : ""}
      onRow={({ person }) => ({ onClick: () => void navigate(`/people/${person}`), className: styles.row })} data-testid="people-table" />
  );
}

function Name({ person }: { person: PersonRow }) {
  const { t } = useTranslation();
  const why = person.matched === "listed" || person.matched === "name" ? null : t(`persons.matched.${person.matched}`);
  return (
    <span className={styles.name}>
      <span className={styles.letter} aria-hidden="true">{[...nameOf(person)][0]}</span>
      <Link to={`/people/${person.person}`} data-person-link="" onKeyDown={onArrows} onClick={(event) => event.stopPropagation()} data-testid="people-name">{nameOf(person)}</Link>
      {why && <small>{why}</small>}
    </span>
  );
}

function onArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const links = [...document.querySelectorAll<HTMLElement>("[data-person-link]")];
  const next = links.indexOf(event.currentTarget) + step;
  (next < 0 ? document.querySelector<HTMLElement>('[data-testid="people-search"] input, input[data-testid="people-search"]') : links[next])?.focus();
}

function ColumnChoice() {
  const { t } = useTranslation();
  const hidden = usePreferences((state) => state.peopleHidden);
  const setHidden = usePreferences((state) => state.setPeopleHidden);
  const shown = COLUMNS.filter((name) => !hidden.includes(name));
  const choice = (
    <Checkbox.Group className={styles.choice} value={shown} onChange={(next) => setHidden(COLUMNS.filter((name) => !next.includes(name)))}
      options={COLUMNS.map((name) => ({ value: name, label: t(`persons.column.${name}`) }))} />
  );
  return (
    <Popover trigger="click" placement="bottomLeft" content={choice}>
      <Tooltip title={t("persons.columns")}>
        <Button type="text" size="small" icon={<SettingOutlined />} aria-label={t("persons.columns")} data-testid="people-columns" />
      </Tooltip>
    </Popover>
  );
}
