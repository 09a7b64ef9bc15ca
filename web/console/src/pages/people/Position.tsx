import { Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { nameOf, type PersonDetail, type PersonInCampaign } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useCascade } from "@/app/queries";
import { storeColour, UNKNOWN_COLOUR } from "@/app/theme/palette";
import { useThemeName } from "@/app/theme/useThemeName";
import { storesOf } from "@/network/model";
import { KocReasons } from "../network/KocPanel";
import { MiniTree } from "../network/MiniTree";
import styles from "./People.module.css";

/** Where they stand in one campaign: who brought them, whom they brought, and why that matters. */
export function Position({ here, person }: { here: PersonInCampaign; person: PersonDetail }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const navigate = useNavigate();
  const cascade = useCascade(here.campaign.id);
  const place = useMemo(() => {
    const stores = cascade.data ? storesOf(cascade.data) : [];
    return stores.find((store) => store.person === here.root?.person)?.colour ?? null;
  }, [cascade.data, here.root?.person]);
  const colour = place === null ? UNKNOWN_COLOUR[theme] : storeColour(theme, place);
  const store = here.root?.unit?.name ?? (here.root ? nameOf(here.root) : t("common.unknownStore"));
  const circle = here.circle == null ? t("persons.page.waiting") : here.circle === 0 ? t("network.person.circleRoot") : t("network.person.circleN", { n: here.circle });
  const numbers: [string, string][] = [
    [t("persons.page.circle"), circle],
    [t("network.person.reach"), format.count(here.reach)],
    [t("network.person.invites"), format.count(here.direct_invites)],
    [t("network.person.orders"), format.count(here.orders)],
    [t("network.person.paid"), format.money(here.paid_minor)],
  ];
  return (
    <Panel title={<span className={styles.campaign}><i style={{ background: colour }} />{here.campaign.name}<small>{store}</small></span>}
      extra={<Link to={`/network/${encodeURIComponent(here.campaign.id)}?person=${person.person}`}><Button size="small" data-testid="position-picture">{t("persons.page.openPicture")}</Button></Link>}>
      <div className={styles.numbers} data-testid="person-position">
        {numbers.map(([label, value]) => <div key={label}><strong>{value}</strong><small>{label}</small></div>)}
      </div>
      <MiniTree here={here} name={nameOf(person)} self={person.person} colour={colour} onOpen={(other) => void navigate(`/people/${other}`)} />
      {here.koc && (
        <div className={styles.koc}>
          <h3>{t("network.koc.why")}<small>{t("persons.page.koc", { rank: here.koc.rank })}</small></h3>
          <KocReasons koc={here.koc} />
        </div>
      )}
    </Panel>
  );
}
