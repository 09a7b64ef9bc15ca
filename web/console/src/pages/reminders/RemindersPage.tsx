import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Grid, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { listReminderRules } from "@/api/reminders";
import { PageLayout } from "@/app/parts/PageLayout";
import { EmptyState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { Calendar } from "./Calendar";
import { Due } from "./Due";
import { reminderKeys } from "./keys";
import { RuleForm } from "./RuleForm";
import { Rules } from "./Rules";
import { Samples } from "./samples";

const VIEWS = ["due", "rules", "calendar"] as const;
type View = (typeof VIEWS)[number];

/** Whom to turn to and why now; for who sets them, the rules that say so and the days to come. */
export function RemindersPage() {
  const { t } = useTranslation();
  const may = useMay();
  const [params] = useSearchParams();
  const patch = usePatchUrl();
  const wide = Grid.useBreakpoint().md ?? true;
  const manages = may("manage_reminders");
  const asked = VIEWS.find((each) => each === params.get("view")) ?? "due";
  const view: View = manages ? asked : "due";
  const rules = useQuery({ queryKey: reminderKeys.rules, queryFn: listReminderRules, enabled: manages });
  const begin = (sample?: string): void => patch({ view: "rules", new: sample ?? "1", edit: null });
  const edited = manages ? (rules.data?.items.find(({ id }) => id === params.get("edit")) ?? null) : null;
  const hasRules = (rules.data?.items.length ?? 0) > 0;
  const empty = !manages || hasRules
    ? <EmptyState title={t("reminders.empty.done")} detail={t("reminders.empty.doneDetail")} />
    : <EmptyState title={t("reminders.empty.noRules")} detail={t("reminders.empty.noRulesDetail")} action={<Samples onBegin={begin} />} />;
  return (
    <PageLayout title={t("reminders.title")} lead={wide ? t(`reminders.lead.${view}`) : undefined}
      actions={manages && <>
        <Segmented<View> value={view} options={VIEWS.map((each) => ({ value: each, label: t(`reminders.view.${each}`) }))} onChange={(next) => patch({ view: next === "due" ? null : next, new: null, edit: null, reminder: null })} data-testid="reminders-views" />
        <Button type="primary" icon={<PlusOutlined />} onClick={() => begin()} aria-label={t("reminders.create")} data-testid="rule-create">{wide ? t("reminders.create") : null}</Button>
      </>}>
      {view === "due" && <Due empty={empty} />}
      {view === "rules" && <Rules onBegin={begin} />}
      {view === "calendar" && <Calendar />}
      {manages && (edited || params.get("new")) && <RuleForm key={edited?.id ?? params.get("new")} rule={edited} sample={params.get("new")} onClose={() => patch({ new: null, edit: null })} />}
    </PageLayout>
  );
}
