import { DownloadOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, InputNumber, Progress, Select, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { makePlan, planCsv, planMany, readPlan } from "@/api/reach";
import type { BulkPlan, ReachTask } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, ProblemState } from "@/app/parts/states";
import { useRefusal } from "@/app/parts/refusal";
import { usePreferences } from "@/app/preferences";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { keys, useCampaigns } from "@/app/queries";
import styles from "./Reach.module.css";

interface Fields {
  campaign?: string;
  count?: number;
  people?: string;
  perStaff: number;
}

/** For many people at once: look at the plan, then give it out. The plan's id stands in the address, so it is found again. */
export function BulkView() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const id = params.get("plan");
  return (
    <>
      <p className={styles.lead}>{t("reach.bulk.lead")}</p>
      {id ? <PlanView id={id} /> : <PlanForm campaign={params.get("campaign")} people={params.get("people")} />}
    </>
  );
}

function PlanForm({ campaign, people }: { campaign: string | null; people: string | null }) {
  const { t } = useTranslation();
  const refusal = useRefusal();
  const patch = usePatchUrl();
  const campaigns = useCampaigns();
  const plan = useMutation({
    mutationFn: (fields: Fields) => {
      const targets = (fields.people ?? "").split(/[\s,，、]+/).filter(Boolean);
      const kocs = targets.length === 0 && fields.campaign ? { kocs: { campaign: fields.campaign, count: fields.count ?? 50 } } : {};
      return planMany({ targets, per_staff_max: fields.perStaff, ...kocs });
    },
    onSuccess: (made) => patch({ plan: made.id }),
  });
  return (
    <Panel>
      {plan.error && <Alert type="error" showIcon title={refusal(plan.error)} style={{ marginBottom: 16 }} />}
      <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => plan.mutate(fields)} className={styles.bulkForm ?? ""}
        initialValues={{ count: 50, perStaff: 20, campaign: campaign ?? campaigns.data?.[0]?.id, people: people?.split(",").join("\n") }}>
        <Form.Item name="campaign" label={t("reach.bulk.campaign")}>
          <Select options={campaigns.data?.map((each) => ({ value: each.id, label: each.name })) ?? []} data-testid="bulk-campaign" />
        </Form.Item>
        <Form.Item name="count" label={t("reach.bulk.count")}><InputNumber min={1} max={500} /></Form.Item>
        <Form.Item name="people" label={t("reach.bulk.people")} extra={t("reach.bulk.peopleHint")}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} />
        </Form.Item>
        <Form.Item name="perStaff" label={t("reach.bulk.perStaff")}><InputNumber min={1} max={500} /></Form.Item>
        <Button type="primary" htmlType="submit" loading={plan.isPending} data-testid="bulk-plan">{t("reach.bulk.plan")}</Button>
      </Form>
    </Panel>
  );
}

function PlanView({ id }: { id: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const patch = usePatchUrl();
  const queries = useQueryClient();
  const plan = useQuery({ queryKey: keys.plan(id), queryFn: () => readPlan(id), refetchInterval: ({ state }) => (state.data?.ready === false ? 400 : false), staleTime: 0 });
  const make = useMutation({
    mutationFn: () => makePlan(id),
    onSuccess: ({ made, passed_over }) => {
      void queries.invalidateQueries({ queryKey: ["tasks"] });
      void message.success(`${t("reach.bulk.made", { count: made })}${passed_over > 0 ? ` · ${t("reach.bulk.passed", { count: passed_over })}` : ""}`, 6);
      patch({ plan: null, view: "tasks" });
    },
    onError: (error) => void message.error(refusal(error)),
  });
  const again = <Button onClick={() => patch({ plan: null })}>{t("reach.bulk.again")}</Button>;
  if (plan.error && !plan.data) return <Panel><ProblemState error={plan.error} />{again}</Panel>;
  const data = plan.data;
  if (!data?.ready) {
    const percent = data ? Math.round((100 * data.done) / Math.max(1, data.total)) : 0;
    return (
      <Panel>
        <Progress percent={percent} status="active" />
        <p className={styles.lead}>{t("reach.bulk.progress", { done: data?.done ?? 0, total: data?.total ?? 0 })}</p>
      </Panel>
    );
  }
  const busy = data.without.filter((each) => each.reachable).length;
  return (
    <>
      <p className={styles.summary} data-testid="bulk-summary">
        <strong>{t("reach.bulk.ready", { count: data.items.length })}</strong>
        {data.without.length > 0 && <span>{t("reach.bulk.without", { count: data.without.length - busy, busy })}</span>}
      </p>
      <Panel title={t("reach.bulk.load")}
        extra={
          <span className={styles.tools}>
            {again}
            <Button icon={<DownloadOutlined />} href={planCsv(id)} download>{t("reach.bulk.csv")}</Button>
            <Button type="primary" disabled={data.items.length === 0} loading={make.isPending} onClick={() => make.mutate()} data-testid="bulk-make">{t("reach.bulk.make", { count: data.items.length })}</Button>
          </span>
        }>
        <Load load={data.load} />
      </Panel>
      {data.items.length === 0 ? <EmptyState title={t("reach.bulk.nothing")} /> : <Panel flush><PlanTable items={data.items} /></Panel>}
    </>
  );
}

function Load({ load }: { load: BulkPlan["load"] }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...load.map((each) => each.tasks));
  return (
    <ul className={styles.load}>
      {load.map((each) => (
        <li key={each.staff.id}><span>{each.staff.name}</span><i style={{ width: `${(100 * each.tasks) / most}%` }} /><small>{t("reach.bulk.tasks", { count: each.tasks })}</small></li>
      ))}
    </ul>
  );
}

function PlanTable({ items }: { items: ReachTask[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const columns: TableColumnsType<ReachTask> = [
    { key: "target", title: t("reach.task.target"), render: (_, task) => task.hops[task.hops.length - 1]?.name[language] },
    { key: "assignee", title: t("reach.task.assignee"), render: (_, task) => task.assignee.name },
    { key: "way", title: t("reach.task.route"), render: (_, task) => task.hops.map((hop) => hop.name[language]).join(" → ") },
    { key: "chance", title: t("reach.task.chance"), align: "right", render: (_, task) => format.share(task.chance, 1) },
  ];
  return <Table<ReachTask> rowKey="id" columns={columns} dataSource={items} pagination={{ pageSize: 50, hideOnSinglePage: true }} scroll={{ x: "max-content" }} data-testid="bulk-table" />;
}
