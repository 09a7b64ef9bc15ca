import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { PageLayout } from "@/app/parts/PageLayout";
import { useUrlState } from "@/app/parts/useUrlState";
import { Compare } from "./Compare";
import { Surroundings } from "./Surroundings";

/** A person's ties circle by circle, or campaigns side by side. */
export function ExplorePage() {
  const { t } = useTranslation();
  const [view, setView] = useUrlState("view");
  const campaigns = view === "campaigns";
  return (
    <PageLayout title={t("explore.title")} lead={t("explore.lead")}
      actions={
        <Segmented value={campaigns ? "campaigns" : "person"} onChange={(next) => setView(next === "campaigns" ? next : null)} data-testid="explore-view"
          options={[{ value: "person", label: t("explore.view.person") }, { value: "campaigns", label: t("explore.view.campaigns") }]} />
      }>
      {campaigns ? <Compare /> : <Surroundings />}
    </PageLayout>
  );
}
