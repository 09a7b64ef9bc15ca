import { AimOutlined } from "@ant-design/icons";
import { Button, Space, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { nameOf, type EgoPerson, type EgoView } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { LoadingState } from "@/app/parts/states";
import { usePerson } from "@/app/queries";
import styles from "./Explore.module.css";

/** Whom one looks at: how they are tied, and where they stand in every campaign. */
export function Inspector({ person, view, onCenter }: { person: EgoPerson; view: EgoView; onCenter: (person: string) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const network = usePerson(person.person);
  const through = view.people.find((other) => other.person === person.through);
  const latest = network.data?.campaigns.find((each) => each.root != null);
  return (
    <aside className={styles.inspector} data-testid="explore-person" data-person={person.person}>
      <h2>{nameOf(person)} <small>{person.person}</small></h2>
      <p>
        <Tag variant="filled" color={person.is_fan ? "gold" : "default"}>{t(person.is_fan ? "network.person.fan" : "network.person.visitor")}</Tag>
        {person.orders > 0 && <Tag variant="filled" color="green">{t("explore.legend.paid")}</Tag>}
        {person.unit && <Tag variant="filled">{person.unit.name}</Tag>}
      </p>
      {person.circle > 0 && (
        <p className={styles.faint}>
          {t("explore.circleN", { n: person.circle })}
          {through && ` · ${t("explore.through", { name: nameOf(through) })}`}
          {` · ${t("explore.chance", { value: format.share(person.chance, 1) })}`}
        </p>
      )}
      {person.more != null && person.more > 0 && <p className={styles.faint}>{t("explore.more", { count: person.more })}</p>}
      <Space wrap>
        {person.circle > 0 && <Button size="small" type="primary" icon={<AimOutlined />} onClick={() => onCenter(person.person)} data-testid="explore-center">{t("explore.center")}</Button>}
        <Link to={`/people/${person.person}`}><Button size="small">{t("explore.openPerson")}</Button></Link>
        {latest && <Link to={`/network/${encodeURIComponent(latest.campaign.id)}?person=${person.person}`}><Button size="small">{t("explore.openPicture")}</Button></Link>}
        <Link to={`/stability?person=${person.person}`}><Button size="small">{t("network.person.leave")}</Button></Link>
        <Link to={`/reach?to=${person.person}`}><Button size="small">{t("explore.reach")}</Button></Link>
      </Space>
      <h3>{t("explore.positions")}</h3>
      {network.isPending && <LoadingState rows={2} />}
      {network.data && (
        <table className={styles.positions} data-testid="explore-positions">
          <thead>
            <tr>
              <th>{t("explore.position.campaign")}</th><th>{t("explore.position.circle")}</th><th>{t("explore.position.by")}</th>
              <th>{t("explore.position.invites")}</th><th>{t("explore.position.reach")}</th><th>{t("explore.position.orders")}</th>
            </tr>
          </thead>
          <tbody>
            {network.data.campaigns.map((here) => (
              <tr key={here.campaign.id}>
                <td>{here.campaign.name}</td>
                <td>{here.circle == null ? NOTHING : here.circle === 0 ? t("network.person.circleRoot") : here.circle}</td>
                <td>{here.brought_by ? nameOf(here.brought_by) : NOTHING}</td>
                <td>{format.count(here.direct_invites)}</td>
                <td>{format.count(here.reach)}</td>
                <td>{format.count(here.orders)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </aside>
  );
}
