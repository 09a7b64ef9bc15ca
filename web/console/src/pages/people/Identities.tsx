import { Button, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonDetail, PersonIdentity } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import styles from "./People.module.css";

const SHOWN = 6;

/** The ids they are known by, and the fact that linked each. */
export function Identities({ person }: { person: PersonDetail }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? person.identities : person.identities.slice(0, SHOWN);
  const rest = person.identities.length - shown.length;
  return (
    <Panel title={t("persons.identity.title")}>
      <p className={styles.faint}>{t("persons.identity.lead")}</p>
      <ul className={styles.identities} data-testid="identities">
        {shown.map((identity) => <One key={identity.person} identity={identity} />)}
      </ul>
      {rest > 0 && <Button type="link" size="small" onClick={() => setAll(true)}>{t("persons.identity.more", { count: rest })}</Button>}
    </Panel>
  );
}

function One({ identity }: { identity: PersonIdentity }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { evidence } = identity;
  return (
    <li data-testid="identity">
      <span>{t(`persons.identity.${identity.namespace}`)}</span>
      <Typography.Text code copyable={!identity.is_masked} title={identity.is_masked ? t("persons.identity.masked") : undefined}>{identity.value}</Typography.Text>
      <small>
        {evidence ? `${t("persons.identity.linked", { offset: evidence.offset })} · ${format.moment(evidence.at)}` : t("persons.identity.self")}
        {identity.first_seen && ` · ${t("persons.identity.since", { time: format.moment(identity.first_seen) })}`}
        {identity.facts > 0 && ` · ${t("persons.identity.facts", { count: identity.facts })}`}
      </small>
    </li>
  );
}
