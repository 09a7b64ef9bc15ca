import { DownloadOutlined } from "@ant-design/icons";
import { Button, Drawer, Select, Table, Tag, type TableColumnsType } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { listLit, litCsv, readLight, type Band, type LightsAsked, type LightView, type LitAsked, type LitList } from "@/api/lights";
import { nameOf } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { useLong, WorkingState } from "@/app/parts/longWork";
import { LoadingState, ProblemState } from "@/app/parts/states";
import type { ThemeName } from "@/app/theme/palette";
import { GrowthChart } from "./GrowthChart";
import type { Named } from "./named";
import styles from "./Lights.module.css";

interface Props {
  asked: LightsAsked;
  light: string | null;
  named: Named | undefined;
  theme: ThemeName;
  onOpen: (light: string | null) => void;
  onClose: () => void;
}

/** One light: its circles, its curve, whom it reaches, where they are at home, and which lights it overlaps. */
export function LightDetail({ asked, light, named, theme, onOpen, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const detail = useLong<LightView>(["light", asked, light], () => readLight(asked, light));
  const data = detail.data;
  const curves = useMemo(() => (data ? [{ name: named?.name ?? "", colour: named?.colour ?? "var(--accent)", growth: data.growth }] : []), [data, named]);
  return (
    <Drawer open onClose={onClose} size={720} title={<><b style={{ color: named?.colour }}>●</b> {named?.name ?? light ?? t("lights.table.none")}</>} data-testid="light-detail">
      {detail.error ? <ProblemState error={detail.error} onRetry={detail.refetch} /> : null}
      {detail.working !== null && <WorkingState done={detail.working} />}
      {!data && !detail.error && detail.working === null && <LoadingState rows={8} />}
      {data && (
        <div className={styles.detail}>
          <div className={styles.facts}>
            <div><small>{t("lights.table.people")}</small><strong>{format.count(data.people)}</strong><em>{t("lights.detail.levels", { count: data.share_levels })}</em></div>
            <div><small>{t("lights.table.fans")}</small><strong>{format.count(data.fans)}</strong></div>
            <div><small>{t("lights.band.well")}</small><strong>{format.count(data.bands.well)}</strong></div>
            <div><small>{t("lights.band.weak")}</small><strong>{format.count(data.bands.weak)}</strong></div>
            <div><small>{t("lights.band.barely")}</small><strong>{format.count(data.bands.barely)}</strong></div>
          </div>
          <h3>{t("lights.detail.circles")}</h3>
          <Rings circles={data.circles} colour={named?.colour ?? "var(--accent)"} />
          <h3>{t("lights.growth.title")}</h3>
          <GrowthChart points={data.points} stepSecs={data.step_secs} curves={curves} theme={theme} height={200} />
          {data.overlaps.length > 0 && (
            <>
              <h3>{t("lights.detail.overlaps")}</h3>
              <ul className={styles.pairs}>
                {data.overlaps.slice(0, 8).map((other) => (
                  <li key={other.light ?? ""}>
                    <button type="button" onClick={() => onOpen(other.light ?? null)}>{other.name ?? t("lights.table.none")}</button>
                    <span>{t("lights.overlap.both", { count: other.both })} · {t("lights.overlap.jaccard", { value: format.decimal(other.jaccard, 3) })}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
          <h3>{t("lights.detail.homes")}</h3>
          <p className={styles.sources}>
            {data.homes.slice(0, 12).map((home, at) => <Tag key={at} variant="filled">{home.unit?.name ?? t("lights.detail.homesOther")} <b>{format.count(home.people)}</b></Tag>)}
          </p>
          <h3>{t("lights.detail.lamps")}</h3>
          <p className={styles.sources}>{data.lamps.slice(0, 12).map((lamp) => <Link key={lamp.person} to={`/people/${lamp.person}`}>{nameOf(lamp)}</Link>)}</p>
          <p className={styles.sources}>{data.campaigns.map((campaign) => (
            <Link key={campaign.id} to={`/network/${encodeURIComponent(campaign.id)}${data.root ? `?root=${data.root}` : ""}`}>{t("lights.detail.network")} · {campaign.name}</Link>
          ))}</p>
          <LitPeople asked={asked} light={light} />
        </div>
      )}
    </Drawer>
  );
}

/** People by the fewest hops, nearest at the top. */
function Rings({ circles, colour }: { circles: number[]; colour: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const most = Math.max(1, ...circles);
  return (
    <div className={styles.rings} data-testid="light-circles">
      {circles.map((people, at) => (
        <div key={at}>
          <span>{t("lights.detail.circle", { n: at + 1 })}</span>
          <i style={{ width: `${(100 * people) / most}%`, background: colour, opacity: 1 - at * 0.16 }} />
          <b>{format.count(people)}</b>
        </div>
      ))}
    </div>
  );
}

type Lit = LitList["items"][number];

function LitPeople({ asked, light }: { asked: LightsAsked; light: string | null }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [lit, setLit] = useState<LitAsked>({});
  const people = useLong<LitList>(["lit", asked, light, lit], () => listLit(asked, light, lit));
  const data = people.data;
  const columns: TableColumnsType<Lit> = [
    { title: t("lights.dark.person"), key: "person", render: (_, row) => <Link to={`/people/${row.person}`}>{nameOf(row)}</Link> },
    { title: t("lights.detail.band"), key: "band", render: (_, row) => <Tag variant="filled" color={row.band === "well" ? "gold" : "default"}>{t(`lights.band.${row.band as Band}`)}</Tag> },
    { title: t("lights.detail.chance"), key: "chance", align: "right", render: (_, row) => format.share(row.chance, 1) },
    { title: t("lights.table.circles"), key: "circle", render: (_, row) => t("lights.detail.circle", { n: row.circle }) },
    { title: t("lights.by.unit"), key: "unit", render: (_, row) => row.unit?.name ?? NOTHING },
    { title: t("lights.table.fans"), key: "fan", render: (_, row) => t(row.is_fan ? "network.person.fan" : "network.person.visitor") },
    { title: t("lights.dark.since"), key: "since", render: (_, row) => format.moment(row.since) },
  ];
  return (
    <>
      <div className={styles.darkHead}>
        <h3>{t("lights.detail.people")}</h3>
        <span className={styles.picks}>
          <Select<Band | "all"> size="small" value={lit.band ?? "all"} aria-label={t("lights.detail.band")} popupMatchSelectWidth={false}
            onChange={(band) => setLit((before) => { const { band: _, ...rest } = before; return band === "all" ? rest : { ...rest, band }; })}
            options={[{ value: "all", label: t("lights.detail.everyBand") }, ...(["well", "weak", "barely"] as const).map((band) => ({ value: band, label: t(`lights.band.${band}`) }))]} />
          <Select<number> size="small" value={lit.circle ?? 0} aria-label={t("lights.table.circles")} popupMatchSelectWidth={false}
            onChange={(circle) => setLit((before) => { const { circle: _, ...rest } = before; return circle === 0 ? rest : { ...rest, circle }; })}
            options={[{ value: 0, label: t("lights.detail.everyCircle") }, ...[1, 2, 3, 4, 5].map((circle) => ({ value: circle, label: t("lights.detail.circle", { n: circle }) }))]} />
          <Button size="small" icon={<DownloadOutlined />} href={litCsv(asked, light, lit)} download data-testid="lit-csv">{t("lights.csv")}</Button>
        </span>
      </div>
      {people.error ? <ProblemState error={people.error} onRetry={people.refetch} /> : null}
      <Table<Lit> rowKey="person" size="small" columns={columns} dataSource={data?.items ?? []} loading={!data && !people.error} pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: "max-content" }} data-testid="lit-table" />
      {data && data.away > 0 && <p className={styles.note}>{t("lights.detail.away", { count: data.away })}</p>}
      {data && data.total - data.away > data.items.length && <p className={styles.note}>{t("lights.dark.shown", { shown: data.items.length, total: data.total })}</p>}
    </>
  );
}
