import { Button, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonDetail, PersonIdentity } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import styles from "./People.module.css";

const SHOWN = 6;

/** Namespaces that come with the house; a brand calls its own what it likes. */
const KNOWN = {
  user: "user",
  anonymous: "anonymous",
  spread: "spread",
  "wechat:unionid": "unionid",
  "wechat:openid": "openid",
  "wecom:external_userid": "wecom",
  phone: "phone",
  email: "email",
  cookie: "cookie",
  device: "device",
  member: "member",
  douyin: "douyin",
  xiaohongshu: "xiaohongshu",
  taobao: "taobao",
} as const;

const isKnown = (namespace: string): namespace is keyof typeof KNOWN => namespace in KNOWN;

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
      <span>{isKnown(identity.namespace) ? t(`persons.identity.${KNOWN[identity.namespace]}`) : identity.namespace}</span>
      <Typography.Text code copyable={!identity.is_masked} title={identity.is_masked ? t("persons.identity.masked") : undefined}>{identity.value}</Typography.Text>
      <small>
        {evidence ? `${t("persons.identity.linked", { offset: evidence.offset })} · ${format.moment(evidence.at)}` : t("persons.identity.self")}
        {identity.first_seen && ` · ${t("persons.identity.since", { time: format.moment(identity.first_seen) })}`}
        {identity.facts > 0 && ` · ${t("persons.identity.facts", { count: identity.facts })}`}
      </small>
    </li>
  );
}
