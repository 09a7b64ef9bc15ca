import { ArrowRightOutlined } from "@ant-design/icons";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { DecisionPreview, PreviewPerson } from "@/api/identity";
import { nameOf } from "@/api/types";
import { useCampaigns } from "@/app/queries";
import styles from "./Identity.module.css";

const CAMPAIGNS_SHOWN = 5;

/** The people a decision is about, as they are and as they would be. */
export function Preview({ preview }: { preview: DecisionPreview }) {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  const names = useMemo(() => new Map(campaigns.data?.map(({ id, name }) => [id, name])), [campaigns.data]);
  const touched = preview.campaigns.slice(0, CAMPAIGNS_SHOWN).map((id) => names.get(id) ?? id).join("、");
  return (
    <div className={styles.preview} data-testid="preview">
      <People title={t("identity.preview.before")} people={preview.before} />
      <ArrowRightOutlined className={styles.arrow} aria-hidden="true" />
      <People title={t("identity.preview.after")} people={preview.after} />
      <footer>
        {!preview.changes && <strong>{t("identity.preview.unchanged")}</strong>}
        {preview.more > 0 && <span>{t("identity.preview.more", { count: preview.more })}</span>}
        <span>{preview.campaigns.length > 0 ? t("identity.preview.campaigns", { count: preview.campaigns.length, names: touched }) : t("identity.preview.noCampaigns")}</span>
      </footer>
    </div>
  );
}

function People({ title, people }: { title: string; people: PreviewPerson[] }) {
  const { t } = useTranslation();
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {people.map((person) => (
          <li key={person.person} data-testid="preview-person">
            <strong>{nameOf(person)}{person.phone_masked && <small> {person.phone_masked}</small>}</strong>
            <span className={styles.sums}>
              <span>{t("identity.preview.facts", { count: person.facts })}</span>
              <span>{t("identity.preview.orders", { count: person.orders })}</span>
              <span>{t("identity.preview.ids", { count: person.ids_total })}</span>
            </span>
            <span className={styles.ids}>
              {person.ids.map(({ id, namespace, value }) => <span key={id}>{namespace} <code>{value}</code></span>)}
              {person.ids_total > person.ids.length && <small>{t("identity.preview.moreIds", { count: person.ids_total - person.ids.length })}</small>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
