import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { PageLayout } from "@/app/parts/PageLayout";
import { usePatchUrl, useUrlState } from "@/app/parts/useUrlState";
import { Connect } from "./Connect";
import { LiveFacts } from "./LiveFacts";
import { RejectedFacts } from "./RejectedFacts";
import { VolumeChart } from "./VolumeChart";

const TABS = ["live", "rejected", "connect"] as const;

/** What arrives at the doors, what is refused, and how to send. */
export function SourcesPage() {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const [asked] = useUrlState("tab");
  const tab = TABS.find((each) => each === asked) ?? "live";
  return (
    <PageLayout title={t("sources.title")} lead={t("sources.lead")}>
      <VolumeChart />
      <div>
        <Tabs activeKey={tab} onChange={(key) => patch({ tab: key === "live" ? null : key })} items={TABS.map((each) => ({ key: each, label: <span data-testid={`tab-${each}`}>{t(`sources.tab.${each}`)}</span> }))} />
        {tab === "live" && <LiveFacts />}
        {tab === "rejected" && <RejectedFacts />}
        {tab === "connect" && <Connect />}
      </div>
    </PageLayout>
  );
}
