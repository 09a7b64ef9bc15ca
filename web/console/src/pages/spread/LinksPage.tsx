import { DownloadOutlined, GlobalOutlined, PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Input, Select, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { contentKeys, linksCsv, listLinks, type LinkFilters, type LinkState, type SpreadLink } from "@/api/content";
import { listUnits } from "@/api/organisation";
import { NOTHING, useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { keys, useCampaigns } from "@/app/queries";
import { Funnel } from "./Funnel";
import { HostsForm } from "./HostsForm";
import { LinkDetail } from "./LinkDetail";
import { LinkForm } from "./LinkForm";
import { useTargetWords } from "./targets";
import styles from "./Spread.module.css";

export const STATE_COLOUR: Record<LinkState, string> = { on: "green", off: "default", expired: "orange" };

/** 传播链接: what is passed on in chats. */
export const LinksPage = () => <Spread codes={false} />;
/** 活码与海报: what is printed and scanned. */
export const CodesPage = () => <Spread codes />;

function Spread({ codes }: { codes: boolean }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const patch = usePatchUrl();
  const may = useMay();
  const of = codes ? "codes" : "links";
  const filters: LinkFilters = { codes, q: params.get("q"), campaign: params.get("campaign"), unit: params.get("unit"), state: params.get("state") };
  const list = useInfiniteQuery({
    queryKey: contentKeys.links(filters),
    queryFn: ({ pageParam }) => listLinks(filters, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
    placeholderData: keepPreviousData,
  });
  const links = list.data?.pages.flatMap((page) => page.items);
  const filtered = ["q", "campaign", "unit", "state"].some((name) => params.get(name));
  const opened = links?.find(({ code }) => code === params.get("link"));
  const create = may("start_spreads") && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => patch({ new: "1" })} data-testid="link-create">{t(`spread.${of}.create`)}</Button>
  );
  return (
    <PageLayout title={t(`spread.${of}.title`)} lead={t(`spread.${of}.lead`)}
      actions={<>
        {may("manage_campaigns") && <Button icon={<GlobalOutlined />} onClick={() => patch({ hosts: "1" })} data-testid="hosts-open">{t("spread.hosts.open")}</Button>}
        <Button icon={<DownloadOutlined />} href={linksCsv(filters)} download data-testid="links-csv">{t("spread.csv")}</Button>
        {create}
      </>}>
      <Panel flush title={<Filters />}>
        {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && <LoadingState />}
        {links?.length === 0 && (filtered
          ? <EmptyState title={t("spread.noMatch")} action={<Button onClick={() => patch({ q: null, campaign: null, unit: null, state: null })}>{t("spread.clear")}</Button>} />
          : <EmptyState title={t(`spread.${of}.empty`)} detail={t(`spread.${of}.emptyDetail`)} action={create} />)}
        {links && links.length > 0 && <LinkTable links={links} codes={codes} onOpen={(link) => patch({ link })} />}
        {list.hasNextPage && <div className={styles.more}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("spread.more")}</Button></div>}
      </Panel>
      {opened && <LinkDetail key={opened.code} link={opened} onClose={() => patch({ link: null })} />}
      {params.get("new") && may("start_spreads") && <LinkForm codes={codes} onClose={(made) => patch({ new: null, ...(made ? { link: made } : {}) })} />}
      {params.get("hosts") && may("manage_campaigns") && <HostsForm onClose={() => patch({ hosts: null })} />}
    </PageLayout>
  );
}

function Filters() {
  const { t } = useTranslation();
  const may = useMay();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const campaigns = useCampaigns();
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits, enabled: may("read_organisation") });
  const choose = (name: string, options: { value: string; label: string }[]) => (
    <Select allowClear showSearch={{ optionFilterProp: "label" }} value={params.get(name)} onChange={(value: string | undefined) => patch({ [name]: value ?? null })} options={options}
      placeholder={t(`spread.filter.${name as "campaign"}`)} aria-label={t(`spread.filter.${name as "campaign"}`)} popupMatchSelectWidth={false} style={{ minWidth: 120 }} />
  );
  return (
    <div className={styles.filters}>
      <Input allowClear className={styles.search ?? ""} prefix={<SearchOutlined />} value={params.get("q") ?? ""} onChange={({ target }) => patch({ q: target.value || null })}
        placeholder={t("spread.search")} aria-label={t("spread.search")} data-testid="link-search" />
      {choose("campaign", (campaigns.data ?? []).map(({ id, name }) => ({ value: id, label: name })))}
      {units.data && choose("unit", units.data.map(({ id, name }) => ({ value: id, label: name })))}
      {choose("state", (["on", "off", "expired"] as const).map((value) => ({ value, label: t(`spread.state.${value}`) })))}
    </div>
  );
}

function LinkTable({ links, codes, onOpen }: { links: SpreadLink[]; codes: boolean; onOpen: (code: string) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const campaigns = useCampaigns();
  const target = useTargetWords();
  const campaign = (id: string | null | undefined): string => campaigns.data?.find((each) => each.id === id)?.name ?? id ?? NOTHING;
  const columns: TableColumnsType<SpreadLink> = [
    {
      title: t("spread.column.name"), key: "name",
      render: (_, link) => (
        <div className={styles.name}>
          <button type="button" onClick={() => onOpen(link.code)} data-testid="link-row">{link.name}</button>
          {codes && <Tag variant="filled">{t(`spread.kind.${link.kind}`)}</Tag>}
          {link.state !== "on" && <Tag variant="filled" color={STATE_COLOUR[link.state]}>{t(`spread.state.${link.state}`)}</Tag>}
          <small>{link.path}</small>
        </div>
      ),
    },
    { title: t("spread.column.target"), key: "target", render: (_, link) => <span className={styles.cut} title={target(link.target)}>{target(link.target)}</span> },
    { title: t("spread.column.campaign"), key: "campaign", render: (_, link) => campaign(link.campaign) },
    { title: t("spread.column.owner"), key: "owner", render: (_, link) => [link.unit?.name, link.staff?.name, link.channel].filter(Boolean).join(" · ") || NOTHING },
    { title: t("spread.column.funnel"), key: "funnel", width: 260, render: (_, link) => <Funnel counts={link.counts} code={link.kind !== "link"} /> },
    { title: t("spread.column.made"), key: "made", align: "right", render: (_, link) => <span className={styles.faint}>{format.day(link.created_at)}</span> },
  ];
  return <Table<SpreadLink> rowKey="code" columns={columns} dataSource={links} scroll={{ x: "max-content" }} pagination={false} data-testid="link-table" />;
}
