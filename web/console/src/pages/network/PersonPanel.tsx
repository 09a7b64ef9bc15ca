import { AimOutlined, CloseOutlined } from "@ant-design/icons";
import { Button, Skeleton, Space, Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { nameOf, type CascadeRoot, type Koc, type PersonBrief, type PersonInCampaign } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { ProblemState } from "@/app/parts/states";
import { usePerson } from "@/app/queries";
import { KocReasons } from "./KocPanel";
import { MiniTree } from "./MiniTree";
import { PathFinder } from "./PathFinder";
import { SuspicionTag } from "@/pages/fraud/Suspicion";
import styles from "./PersonPanel.module.css";

interface Props {
  person: string;
  campaign: string;
  koc: Koc | undefined;
  colourOf: (root: string) => string;
  storeOf: (root: string) => string;
  /** The root that belongs to whoever is signed in, if they have one. */
  myRoot: CascadeRoot | null;
  path: number | null;
  onPath: (index: number | null, people: string[][], names: Map<string, string>) => void;
  onOpen: (person: string) => void;
  onLocate: (person: string) => void;
  onClose: () => void;
}

/** One person: who they are, who brought them, whom they brought, and how to get to them. */
export function PersonPanel(props: Props) {
  const { t } = useTranslation();
  const person = usePerson(props.person);
  const here = person.data?.campaigns.find((each) => each.campaign.id === props.campaign);
  const colour = here?.root ? props.colourOf(here.root.person) : "var(--border)";
  const starts = [props.myRoot, here?.root]
    .flatMap((root) => (root ? [{ person: root.person, name: nameOf(root) }] : []))
    .filter((start, at, all) => all.findIndex((other) => other.person === start.person) === at);
  const others = person.data?.campaigns.filter((each) => each !== here) ?? [];

  return (
    <aside className={styles.panel} data-testid="person-panel" data-person={props.person} aria-label={person.data?.name || props.person}>
      <div className={styles.corner}>
        <Tooltip title={t("network.person.locate")}>
          <Button type="text" size="small" icon={<AimOutlined />} onClick={() => props.onLocate(props.person)} aria-label={t("network.person.locate")} />
        </Tooltip>
        <Button type="text" size="small" icon={<CloseOutlined />} onClick={props.onClose} aria-label={t("common.action.close")} data-testid="person-close" />
      </div>
      {person.error && !person.data ? <ProblemState error={person.error} onRetry={() => void person.refetch()} /> : null}
      {!person.data && !person.error && <Skeleton active avatar paragraph={{ rows: 12 }} />}
      {person.data && (
        <>
          <header className={styles.head}>
            <span className={styles.face} style={{ borderColor: colour }}>
              {[...nameOf(person.data)][0]}
            </span>
            <div>
              <h2><Link to={`/people/${person.data.person}`} className={styles.whole} data-testid="person-whole">{nameOf(person.data)}</Link></h2>
              <p>
                <SuspicionTag network={person.data} />
                <Tag variant="filled" color={person.data.is_fan ? "gold" : "default"}>
                  {person.data.is_fan ? t("network.person.fan") : t("network.person.visitor")}
                </Tag>
                {here?.circle === 0 && <Tag variant="filled">{t("network.person.root")}</Tag>}
                {props.koc && <Tag variant="filled" color="orange">{t("network.person.koc", { rank: props.koc.rank })}</Tag>}
                <small>{props.person}</small>
              </p>
            </div>
          </header>
          {here && <Facts here={here} city={person.data.city} phone={person.data.phone_masked} colour={colour} store={here.root ? props.storeOf(here.root.person) : t("common.unknownStore")} />}
          <Space wrap className={styles.next}>
            <Link to={`/explore?person=${person.data.person}`}><Button size="small">{t("network.person.explore")}</Button></Link>
            <Link to={`/stability?person=${person.data.person}`}><Button size="small" data-testid="open-leave">{t("network.person.leave")}</Button></Link>
          </Space>
          {here && (
            <Section title={t("network.person.chain")}>
              <Chain chain={here.chain} self={props.person} onOpen={props.onOpen} />
            </Section>
          )}
          {here && (
            <Section title={t("network.person.tree")}>
              <MiniTree here={here} name={nameOf(person.data)} self={props.person} colour={colour} onOpen={props.onOpen} />
            </Section>
          )}
          {here && starts.length > 0 && (
            <PathFinder to={props.person} starts={starts}
              chosen={props.path} onChoose={props.onPath} onOpen={props.onOpen} />
          )}
          {props.koc && (
            <Section title={t("network.koc.why")}>
              <KocReasons koc={props.koc} />
            </Section>
          )}
          {here && (
            <Section title={`${t("network.person.brought")} · ${here.direct_invites}`}>
              <Brought here={here} onOpen={props.onOpen} />
            </Section>
          )}
          {others.length > 0 && (
            <Section title={t("network.person.others")}>
              <p className={styles.others}>{others.map((each) => <Tag key={each.campaign.id}>{each.campaign.name}</Tag>)}</p>
            </Section>
          )}
        </>
      )}
    </aside>
  );
}

export function Section({ title, extra, children }: { title: string; extra?: React.ReactNode; children: React.ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}{extra}</h3>
      {children}
    </section>
  );
}

function Facts(props: { here: PersonInCampaign; city?: string | null; phone?: string | null; colour: string; store: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { here } = props;
  const rows: [string, React.ReactNode][] = [
    [t("network.person.store"), <span key="store"><i className={styles.dot} style={{ background: props.colour }} />{props.store}</span>],
    [t("network.person.circle"), here.circle == null ? NOTHING : here.circle === 0 ? t("network.person.circleRoot") : t("network.person.circleN", { n: here.circle })],
    [t("network.person.joined"), format.moment(here.joined_at)],
    [t("network.person.touches"), format.count(here.touches)],
    ...(props.city ? [[t("network.person.city"), props.city] as [string, string]] : []),
    ...(props.phone ? [[t("network.person.phone"), props.phone] as [string, string]] : []),
  ];
  const big: [string, string][] = [
    [t("network.person.reach"), format.count(here.reach)],
    [t("network.person.invites"), format.count(here.direct_invites)],
    [t("network.person.orders"), format.count(here.orders)],
    [t("network.person.paid"), format.money(here.paid_minor)],
  ];
  return (
    <>
      <div className={styles.big}>
        {big.map(([label, value]) => <div key={label}><strong>{value}</strong><small>{label}</small></div>)}
      </div>
      <dl className={styles.facts}>
        {rows.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
      </dl>
    </>
  );
}

/** Root → … → person; every step opens that person. */
function Chain({ chain, self, onOpen }: { chain: PersonBrief[]; self: string; onOpen: (person: string) => void }) {
  return (
    <ol className={styles.chain} data-testid="person-chain">
      {chain.map((each) => (
        <li key={each.person}>
          <button type="button" disabled={each.person === self} onClick={() => onOpen(each.person)}>{nameOf(each)}</button>
        </li>
      ))}
    </ol>
  );
}

function Brought({ here, onOpen }: { here: PersonInCampaign; onOpen: (person: string) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (here.brought.length === 0) return <p className={styles.faint}>{t("network.person.broughtNone")}</p>;
  const most = Math.max(1, ...here.brought.map((each) => each.reach ?? 0));
  return (
    <>
      <ul className={styles.brought} data-testid="person-brought">
        {here.brought.map((each) => (
          <li key={each.person}>
            <button type="button" onClick={() => onOpen(each.person)}>
              <span>{nameOf(each)}</span>
              <small>{format.moment(each.at)}</small>
              <b>{each.reach ? format.count(each.reach) : ""}</b>
              <em style={{ width: `${((each.reach ?? 0) / most) * 100}%` }} />
            </button>
          </li>
        ))}
      </ul>
      {here.direct_invites > here.brought.length && (
        <p className={styles.faint}>{t("network.person.broughtMore", { count: here.brought.length })}</p>
      )}
    </>
  );
}
