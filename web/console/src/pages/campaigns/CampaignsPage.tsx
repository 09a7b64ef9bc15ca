import { ApartmentOutlined, PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { Button, Input, Progress, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { Campaign } from "@/api/types";
import { NOTHING, useFormats } from "@/app/format";
import { matchScore } from "@/app/keyboard/pinyin";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { useCampaigns } from "@/app/queries";
import { CreateCampaign } from "./CreateCampaign";

type Standing = "upcoming" | "running" | "ended";

/** Where a campaign stands at `nowMs`; without dates it runs. */
export function standingOf(campaign: Pick<Campaign, "starts_at" | "ends_at">, nowMs: number): Standing {
  if (campaign.starts_at && Date.parse(campaign.starts_at) > nowMs) return "upcoming";
  if (campaign.ends_at && Date.parse(campaign.ends_at) < nowMs) return "ended";
  return "running";
}

const periodWords = (day: (time: string | null | undefined) => string, campaign: Campaign): string =>
  campaign.starts_at || campaign.ends_at ? `${day(campaign.starts_at)} – ${day(campaign.ends_at)}` : NOTHING;

const STANDING_COLOUR = { upcoming: "blue", running: "gold", ended: "default" } as const;

export function CampaignsPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const navigate = useNavigate();
  const campaigns = useCampaigns();
  const may = useMay();
  const [search, setSearch] = useUrlState("q");
  const [creating, setCreating] = useUrlState("new");
  const found = campaigns.data?.filter((campaign) => Math.max(matchScore(search ?? "", campaign.name), matchScore(search ?? "", campaign.id)) > 0.5);
  const open = (id: string): string => `/network/${encodeURIComponent(id)}`;

  const number = (key: "people" | "fans" | "hops" | "roots", title: string) => ({
    title, dataIndex: key, align: "right" as const, sorter: (a: Campaign, b: Campaign) => a[key] - b[key], render: (value: number) => format.count(value),
  });
  const columns: TableColumnsType<Campaign> = [
    {
      title: t("campaigns.column.name"), key: "name",
      render: (_, campaign) => {
        const standing = standingOf(campaign, Date.now());
        return (
          <>
            <Link to={open(campaign.id)} style={{ fontWeight: 600, marginRight: 10 }}>{campaign.name}</Link>
            <Tag variant="filled" color={STANDING_COLOUR[standing]}>{t(`campaigns.state.${standing}`)}</Tag>
            <div style={{ color: "var(--text-faint)", fontSize: 12 }}>{campaign.id}</div>
          </>
        );
      },
    },
    {
      title: t("campaigns.column.period"), key: "period", defaultSortOrder: "descend",
      sorter: (a, b) => (a.starts_at ?? a.created_at).localeCompare(b.starts_at ?? b.created_at),
      render: (_, campaign) => <span style={{ color: "var(--text-secondary)" }}>{periodWords(format.day, campaign)}</span>,
    },
    number("people", t("campaigns.column.people")),
    number("fans", t("campaigns.column.fans")),
    {
      title: t("campaigns.column.fanShare"), key: "share", width: 150,
      render: (_, campaign) => campaign.people > 0 && (
        <Progress percent={(campaign.fans / campaign.people) * 100} size="small" strokeColor="var(--accent)" format={() => format.share(campaign.fans, campaign.people)} />
      ),
    },
    number("hops", t("campaigns.column.hops")),
    { title: t("campaigns.column.depth"), dataIndex: "depth_max", align: "right", sorter: (a, b) => a.depth_max - b.depth_max, render: (value: number) => format.count(value) },
    number("roots", t("campaigns.column.roots")),
    {
      key: "open", align: "right",
      render: (_, campaign) => <Button size="small" icon={<ApartmentOutlined />} onClick={() => void navigate(open(campaign.id))} data-testid="open-network">{t("campaigns.open")}</Button>,
    },
  ];

  const create = may("manage_campaigns") && <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating("1")} data-testid="campaign-create">{t("campaigns.create")}</Button>;
  return (
    <PageLayout title={t("campaigns.title")} lead={t("campaigns.lead")} actions={create}>
      <Panel
        flush
        title={<Input allowClear style={{ width: 280 }} prefix={<SearchOutlined />} value={search ?? ""} onChange={(event) => setSearch(event.target.value)} placeholder={t("campaigns.search")} data-testid="campaign-search" />}
        extra={found && <small style={{ color: "var(--text-faint)" }}>{t("campaigns.count", { count: found.length })}</small>}
      >
        {campaigns.error && !campaigns.data ? <ProblemState error={campaigns.error} onRetry={() => void campaigns.refetch()} /> : null}
        {campaigns.isPending && <LoadingState />}
        {campaigns.data?.length === 0 && <EmptyState title={t("campaigns.empty.title")} detail={t("campaigns.empty.detail")} action={create} />}
        {found && (campaigns.data?.length ?? 0) > 0 && (
          <Table<Campaign> rowKey="id" columns={columns} dataSource={found} scroll={{ x: "max-content" }} pagination={found.length > 20 ? { pageSize: 20 } : false}
            locale={{ emptyText: t("common.state.noMatch") }} data-testid="campaign-table" />
        )}
      </Panel>
      <CreateCampaign open={creating !== null && may("manage_campaigns")} onClose={() => setCreating(null)} />
    </PageLayout>
  );
}
