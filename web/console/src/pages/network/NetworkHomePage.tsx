import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate } from "react-router";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useCampaigns } from "@/app/queries";

/** "Network" without a campaign: the one with the most people, which is nearly always the one meant. */
export function NetworkHomePage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const campaigns = useCampaigns();
  if (campaigns.error && !campaigns.data) return <ProblemState error={campaigns.error} onRetry={() => void campaigns.refetch()} />;
  if (!campaigns.data) return <LoadingState />;
  const [largest] = [...campaigns.data].sort((a, b) => b.people - a.people);
  if (largest) return <Navigate to={`/network/${encodeURIComponent(largest.id)}`} replace />;
  return (
    <EmptyState
      title={t("today.empty.title")}
      detail={t("today.empty.detail")}
      action={<Button type="primary" onClick={() => void navigate("/campaigns?new=1")}>{t("today.empty.action")}</Button>}
    />
  );
}
