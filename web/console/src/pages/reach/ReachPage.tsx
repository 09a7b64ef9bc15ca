import { Grid, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useMay } from "@/app/permissions";
import { PageLayout } from "@/app/parts/PageLayout";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { BulkView } from "./BulkView";
import { MyTasks } from "./MyTasks";
import { Planner } from "./Planner";
import { TaskTable } from "./TaskTable";

const VIEWS = ["plan", "tasks", "bulk", "mine"] as const;
type View = (typeof VIEWS)[number];

/** Through whom to get to somebody: planning, giving out, and doing it. Who only does it sees their own tasks. */
export function ReachPage() {
  const { t } = useTranslation();
  const may = useMay();
  const [params] = useSearchParams();
  const patch = usePatchUrl();
  const wide = Grid.useBreakpoint().md ?? true;
  const views: View[] = may("plan_reach") ? [...VIEWS] : ["mine"];
  const asked = params.get("view");
  const first: View = views.length === 1 || (!wide && !params.get("to")) ? "mine" : "plan";
  const view = views.find((each) => each === asked) ?? first;
  return (
    <PageLayout title={t("reach.title")} lead={wide ? t("reach.lead") : undefined}
      actions={views.length > 1 && (
        <Segmented<View> value={view} options={views.map((each) => ({ value: each, label: t(`reach.view.${each}`) }))}
          onChange={(next) => patch({ view: next })} data-testid="reach-views" />
      )}>
      {view === "plan" && <Planner />}
      {view === "tasks" && <TaskTable />}
      {view === "bulk" && <BulkView />}
      {view === "mine" && <MyTasks />}
    </PageLayout>
  );
}
