import { DownloadOutlined } from "@ant-design/icons";
import { Button, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { conflictsCsv, DECISIONS_CSV, NAMESPACES_CSV } from "@/api/identity";
import { PageLayout } from "@/app/parts/PageLayout";
import { useUrlState } from "@/app/parts/useUrlState";
import { Conflicts, reasonOf, stateOf } from "./Conflicts";
import { Decisions } from "./Decisions";
import { Namespaces } from "./Namespaces";

const VIEWS = ["conflicts", "decisions", "namespaces"] as const;
type View = (typeof VIEWS)[number];

const isView = (word: string | null): word is View => VIEWS.some((view) => view === word);

/** Who is who: what waits for a decision, what was decided, and how far each kind of id speaks for a person. */
export function IdentityPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const [asked, setView] = useUrlState("view");
  const view = isView(asked) ? asked : "conflicts";
  const csv = { conflicts: conflictsCsv(stateOf(params), reasonOf(params)), decisions: DECISIONS_CSV, namespaces: NAMESPACES_CSV }[view];
  return (
    <PageLayout title={t("identity.title")} lead={t("identity.lead")}
      actions={<Button icon={<DownloadOutlined />} href={csv} download data-testid="identity-csv">{t("identity.csv")}</Button>}>
      <Segmented<View> value={view} onChange={(next) => setView(next === "conflicts" ? null : next)} style={{ marginBottom: 16, alignSelf: "start" }} data-testid="identity-view"
        options={VIEWS.map((value) => ({ value, label: t(`identity.view.${value}`) }))} />
      {view === "conflicts" && <Conflicts />}
      {view === "decisions" && <Decisions />}
      {view === "namespaces" && <Namespaces />}
    </PageLayout>
  );
}
