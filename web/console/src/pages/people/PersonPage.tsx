import { ApartmentOutlined, NodeIndexOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useParams } from "react-router";
import { readPersonDetail } from "@/api/people";
import { nameOf, type PersonDetail, type PersonNetwork } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { keys, usePerson } from "@/app/queries";
import { Audience } from "./Audience";
import { Identities } from "./Identities";
import { OpenReminders } from "./OpenReminders";
import { Position } from "./Position";
import { Consents, Masked } from "./Privacy";
import { Timeline } from "./Timeline";
import { SuspicionTag } from "@/pages/fraud/Suspicion";
import styles from "./People.module.css";

/** One person: who they are, where they stand, what they did, and how we know. */
export function PersonPage() {
  const { t } = useTranslation();
  const may = useMay();
  const asked = useParams()["person"] ?? "";
  const detail = useQuery({ queryKey: keys.personDetail(asked), queryFn: () => readPersonDetail(asked), enabled: asked !== "" });
  const network = usePerson(asked);
  const person = detail.data;
  // An id that became another person's leads to that person.
  if (person && person.person !== asked) return <Navigate to={`/people/${person.person}`} replace />;
  const back = <Link to="/people" className={styles.back}>{t("persons.page.back")}</Link>;
  if (!person) {
    return (
      <PageLayout title={<>{back}{asked}</>}>
        <Panel>{detail.error ? <ProblemState error={detail.error} onRetry={() => void detail.refetch()} /> : <LoadingState rows={12} />}</Panel>
      </PageLayout>
    );
  }
  const latest = network.data?.campaigns.find((each) => each.root != null);
  return (
    <PageLayout title={<Title person={person} network={network.data} back={back} />} lead={<Known person={person} />}
      actions={<>
        {may("plan_reach") && (
          <Link to={`/reach?view=plan&to=${person.person}`}>
            <Button icon={<NodeIndexOutlined />} data-testid="person-reach">{t("reach.open")}</Button>
          </Link>
        )}
        {latest && (
        <Link to={`/network/${encodeURIComponent(latest.campaign.id)}?person=${person.person}`}>
          <Button type="primary" icon={<ApartmentOutlined />} data-testid="person-picture">{t("persons.page.picture")}</Button>
        </Link>
        )}
      </>}>
      <div className={styles.columns} data-testid="person-page" data-person={person.person}>
        <Timeline person={person} />
        <div className={styles.side}>
          {may("do_reach") && <OpenReminders person={person.person} />}
          <Audience person={person.person} />
          {network.isPending && <Panel title={t("persons.page.positions")}><LoadingState rows={4} /></Panel>}
          {network.data?.campaigns.map((here) => <Position key={here.campaign.id} here={here} person={person} />)}
          {!network.isPending && !network.data && (
            <Panel title={t("persons.page.positions")}>
              <EmptyState title={t("persons.page.noCampaign")} detail={t("persons.page.noCampaignDetail")} />
            </Panel>
          )}
          <Consents person={person} />
          <Identities person={person} />
        </div>
      </div>
    </PageLayout>
  );
}

function Title({ person, network, back }: { person: PersonDetail; network: PersonNetwork | undefined; back: React.ReactNode }) {
  const { t } = useTranslation();
  const best = Math.min(...(network?.campaigns.flatMap((each) => each.koc?.rank ?? []) ?? []));
  return (
    <span className={styles.title}>
      {back}
      <span className={styles.face} aria-hidden="true">{[...nameOf(person)][0]}</span>
      <span data-testid="person-name">{nameOf(person)}</span>
      <Tag variant="filled" color={person.is_fan ? "gold" : "default"}>{t(person.is_fan ? "network.person.fan" : "network.person.visitor")}</Tag>
      <SuspicionTag network={network} />
      {network?.campaigns.some((each) => each.circle === 0) && <Tag variant="filled">{t("network.person.root")}</Tag>}
      {Number.isFinite(best) && <Tag variant="filled" color="orange">{t("persons.page.koc", { rank: best })}</Tag>}
      <small>{person.person}</small>
    </span>
  );
}

function Known({ person }: { person: PersonDetail }) {
  const { t } = useTranslation();
  const format = useFormats();
  const full = (field: "phone" | "wechat", masked: string | null | undefined) => (masked ? <Masked person={person} field={field} masked={masked} /> : NOTHING);
  const rows: [string, React.ReactNode][] = [
    [t("persons.page.phone"), full("phone", person.phone_masked)],
    [t("persons.page.wechat"), full("wechat", person.wechat_masked)],
    [t("persons.page.city"), person.city ?? NOTHING],
    [t("persons.page.first"), format.moment(person.first_seen)],
    [t("persons.page.last"), format.moment(person.last_seen)],
    [t("persons.page.facts"), format.count(person.facts)],
  ];
  return (
    <span className={styles.known}>
      {rows.map(([label, value]) => <span key={label}><small>{label}</small>{value}</span>)}
    </span>
  );
}
