import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Collapse, Form, Input, InputNumber, Segmented, Select, Table } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { useCampaigns } from "@/app/queries";
import { listStudies, startForecast, type ForecastAnswer, type ForecastAsked, type StudyView } from "@/api/studies";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState } from "@/app/parts/states";
import { BandChart, ReliabilityChart } from "./curves";
import { Calibration, Figure, Hint, Numbers, StoreSelect, StudyPage, useWords } from "./parts";
import styles from "./Studies.module.css";
import { idsOf, useStudy } from "./useStudy";

interface Fields {
  name?: string; campaign?: string | null; plan?: string | null; stores?: string[]; people?: string; days: number;
  seeds_cost?: number | null; per_join?: number | null; per_fan?: number | null; lift: number; runs: number; seed: number;
}

const minor = (yuan: number | null | undefined): number => Math.round((yuan ?? 0) * 100);

/** Of a campaign that is under way nobody else is named. */
const askedOf = (fields: Fields, running: boolean): ForecastAsked => ({
  name: fields.name ?? "",
  campaign: running ? (fields.campaign ?? null) : null,
  people: running ? [] : idsOf(fields.people ?? "").ids,
  plan: running ? null : (fields.plan ?? null),
  stores: running ? [] : (fields.stores ?? []),
  days: fields.days,
  seeds_cost_minor: minor(fields.seeds_cost),
  cost_per_join_minor: minor(fields.per_join),
  cost_per_fan_minor: minor(fields.per_fan),
  lift: fields.lift,
  runs: fields.runs,
  seed: fields.seed,
});

/** As the server lists them. */
const KINDS = ["root", "first", "further"] as const;

/** What would happen. */
export function WhatifPage() {
  const { t } = useTranslation();
  const study = useStudy("forecast");
  return (
    <StudyPage title={t("studies.forecast.title")} lead={t("studies.forecast.lead")} study={study}
      form={<ForecastForm study={study} />} answer={(view) => <Answer view={view} study={study} />} />
  );
}

function ForecastForm({ study }: { study: ReturnType<typeof useStudy> }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const patch = usePatchUrl();
  const campaigns = useCampaigns();
  const running = params.get("from") === "running";
  const plans = useQuery({ queryKey: ["studies", "seeds"], queryFn: () => listStudies("seeds") });
  const start = useMutation({ mutationFn: startForecast, onSuccess: study.begun });
  const people = { validator: (_: unknown, text: string | undefined) => {
    const { wrong } = idsOf(text ?? "");
    return wrong ? Promise.reject(new Error(t("studies.idWrong", { text: wrong }))) : Promise.resolve();
  } };
  const money = { min: 0, precision: 2, style: { width: "100%" }, suffix: t("studies.yuan") };
  const options = (plans.data ?? []).filter((plan) => plan.state === "done").map((plan) => ({ value: plan.id, label: plan.name }));
  return (
    <Panel>
      <EmptyState title={t(running ? "studies.forecast.emptyRunning" : "studies.forecast.empty")} detail={t(running ? "studies.forecast.emptyRunningDetail" : "studies.forecast.emptyDetail")} />
      <Segmented className={styles.mode ?? ""} value={running ? "running" : "new"} onChange={(from) => patch({ from: from === "running" ? from : null })} data-testid="forecast-from"
        options={[{ value: "new", label: t("studies.forecast.from.new") }, { value: "running", label: t("studies.forecast.from.running") }]} />
      <Form<Fields> layout="vertical" initialValues={{ campaign: params.get("campaign"), plan: params.get("plan"), days: 14, lift: 1, runs: 500, seed: 1 }}
        onFinish={(fields) => start.mutate(askedOf(fields, running))} data-testid="forecast-form">
        <div className={styles.form}>
          <Form.Item name="name" label={t("studies.name")}><Input maxLength={100} placeholder={t("studies.namePlaceholder")} /></Form.Item>
          {running && (
            <Form.Item name="campaign" label={t("studies.forecast.campaign")} rules={[{ required: true, message: t("studies.forecast.campaignNeeded") }]}>
              <Select loading={campaigns.isPending} showSearch={{ optionFilterProp: "label" }} data-testid="campaign-select"
                options={(campaigns.data ?? []).map(({ id, name }) => ({ value: id, label: name }))} />
            </Form.Item>
          )}
          {!running && <Form.Item name="plan" label={t("studies.forecast.plan")}><Select allowClear options={options} loading={plans.isPending} data-testid="plan-select" /></Form.Item>}
          {!running && <Form.Item name="stores" label={<Hint label={t("studies.stores")} help={t("studies.forecast.storesHelp")} />}><StoreSelect /></Form.Item>}
          {!running && <Form.Item name="people" label={t("studies.forecast.people")} rules={[people]}><Input placeholder={t("studies.ids")} data-testid="people-ids" /></Form.Item>}
          <Form.Item name="days" label={t("studies.forecast.days")} rules={[{ required: true }]}><InputNumber min={1} max={365} precision={0} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="seeds_cost" label={t("studies.forecast.seedsCost")}><InputNumber {...money} /></Form.Item>
          <Form.Item name="per_join" label={t("studies.forecast.costPerJoin")}><InputNumber {...money} /></Form.Item>
          <Form.Item name="per_fan" label={t("studies.forecast.costPerFan")}><InputNumber {...money} /></Form.Item>
        </div>
        <Collapse ghost items={[{ key: "more", label: t("studies.advanced"), forceRender: true, children: (
          <div className={styles.form}>
            <Form.Item name="lift" label={<Hint label={t("studies.forecast.lift")} help={t("studies.forecast.liftHelp")} />}><InputNumber min={0.2} max={5} step={0.1} style={{ width: "100%" }} /></Form.Item>
            <Form.Item name="runs" label={t("studies.forecast.runs")}><InputNumber min={100} max={2000} step={100} precision={0} style={{ width: "100%" }} /></Form.Item>
            <Form.Item name="seed" label={<Hint label={t("studies.seed")} help={t("studies.seedHelp")} />}><InputNumber min={0} max={4294967295} precision={0} style={{ width: "100%" }} /></Form.Item>
          </div>
        ) }]} />
        {start.error && <Alert type="error" showIcon title={start.error.message} style={{ marginBottom: 12 }} />}
        <Button type="primary" htmlType="submit" loading={start.isPending} data-testid="forecast-start">{t("studies.start")}</Button>
      </Form>
    </Panel>
  );
}

function Answer({ view, study }: { view: StudyView; study: ReturnType<typeof useStudy> }) {
  const { t } = useTranslation();
  const format = useFormats();
  const words = useWords();
  const again = useMutation({ mutationFn: startForecast, onSuccess: study.begun });
  const answer = view.forecast;
  if (!answer) return null;
  const whole = (value: number) => format.count(Math.round(value));
  const last = (bands: ForecastAnswer["people"], level: "p10" | "p50" | "p90") => whole(bands[level].at(-1) ?? 0);
  const range = (low: string, high: string) => t("studies.forecast.range", { low, high, interpolation: { escapeValue: false } });
  const { cost_minor: cost, cost_per_fan_minor: perFan } = answer;
  return (
    <>
      <Panel title={view.name} extra={view.asked_forecast && <Button size="small" loading={again.isPending} onClick={() => view.asked_forecast && again.mutate(view.asked_forecast)}>{t("studies.again")}</Button>}>
        <Numbers>
          <Figure label={t(answer.so_far ? "studies.forecast.fansAltogether" : "studies.forecast.fansAtEnd")} value={last(answer.fans, "p50")} note={range(last(answer.fans, "p10"), last(answer.fans, "p90"))} />
          <Figure label={t("studies.forecast.peopleAtEnd")} value={last(answer.people, "p50")} note={range(last(answer.people, "p10"), last(answer.people, "p90"))} />
          {cost.high > 0 && <Figure label={t("studies.forecast.cost")} value={format.money(cost.middle)} note={range(format.money(cost.low), format.money(cost.high))} />}
          {cost.high > 0 && <Figure label={t("studies.forecast.costPerFanTold")} value={perFan ? format.money(perFan.middle) : "—"}
            note={perFan ? range(format.money(perFan.low), format.money(perFan.high)) : t("studies.forecast.unbounded")} />}
        </Numbers>
        <p className={styles.faint} data-testid="trust">{words(answer.words)}</p>
        <p className={styles.faint} data-testid="forecast-starts">{answer.so_far
          ? t("studies.forecast.stands", { people: answer.so_far.people, fans: answer.so_far.fans, runs: answer.runs })
          : t("studies.forecast.starts", { count: answer.starts, runs: answer.runs })}{!answer.so_far && ` · ${t("studies.forecast.newcomers", { share: format.share(answer.newcomers, 1) })}`}</p>
      </Panel>
      <div className={styles.two}>
        <Panel title={t(answer.so_far ? "studies.forecast.curveFansSoFar" : "studies.forecast.curveFans")}><BandChart answer={answer} what="fans" label={t("studies.forecast.curveFans")} /></Panel>
        <Panel title={t("studies.forecast.curvePeople")}><BandChart answer={answer} what="people" label={t("studies.forecast.curvePeople")} /></Panel>
      </div>
      {answer.checks.length > 0 && <Checks answer={answer} />}
      <Panel title={t("studies.forecast.byStore")} flush>
        <Table size="small" pagination={{ pageSize: 12, hideOnSinglePage: true }} rowKey={(row) => row.store.unit ?? ""} dataSource={answer.stores} scroll={{ x: "max-content" }} data-testid="forecast-stores" columns={[
          { title: t("studies.store"), render: (_, row) => row.store.name ?? t("studies.noStore") },
          { title: t("studies.forecast.seedsHere"), dataIndex: "seeds", align: "right" },
          { title: t("studies.forecast.peopleHere"), align: "right", render: (_, row) => `${whole(row.people.middle)}（${whole(row.people.low)}–${whole(row.people.high)}）` },
          { title: t("studies.forecast.fansHere"), align: "right", render: (_, row) => `${whole(row.fans.middle)}（${whole(row.fans.low)}–${whole(row.fans.high)}）` },
        ]} />
      </Panel>
      <div className={styles.two}>
        <Panel title={t("studies.forecast.habits")} flush>
          <Table size="small" pagination={false} rowKey="people" dataSource={answer.habits.kinds.map((kind, at) => ({ ...kind, at }))} scroll={{ x: "max-content" }} columns={[
            { title: t("studies.forecast.kind"), dataIndex: "at", render: (at: number) => t(`studies.forecast.kinds.${KINDS[at] ?? "further"}`) },
            { title: t("studies.forecast.brings"), dataIndex: "mean", align: "right", render: (mean: number) => format.decimal(mean, 2) },
            { title: <Hint label={t("studies.forecast.unequal")} help={t("studies.forecast.unequalHelp")} />, dataIndex: "k", align: "right", render: (k: number) => format.decimal(k, 2) },
            { title: t("studies.forecast.wait"), dataIndex: "wait_hours", align: "right", render: (hours: number) => format.decimal(hours) },
            { title: t("studies.forecast.seen"), dataIndex: "people", align: "right", render: format.count },
          ]} />
        </Panel>
        <Calibration answers={answer.answers} />
      </div>
    </>
  );
}

function Checks({ answer }: { answer: ForecastAnswer }) {
  const { t } = useTranslation();
  const format = useFormats();
  const percent = (error: number) => format.share(error, 1);
  return (
    <Panel title={t("studies.forecast.reliability")}>
      <p className={styles.faint} style={{ marginTop: 0 }}>{t("studies.forecast.reliabilityHelp")}</p>
      <div className={styles.two}>
        <ReliabilityChart checks={answer.checks} />
        <Table size="small" pagination={false} rowKey="halt" dataSource={answer.checks} scroll={{ x: "max-content" }} data-testid="checks" columns={[
          { title: t("studies.forecast.error"), render: (_, row) => t(`studies.forecast.halt.${row.halt as "start"}`, { count: row.trees }) },
          { title: t("studies.forecast.ours"), dataIndex: "error", align: "right", render: percent },
          { title: t("studies.forecast.doubles"), dataIndex: "error_doubles", align: "right", render: percent },
          { title: t("studies.forecast.stays"), dataIndex: "error_stays", align: "right", render: percent },
          { title: t("studies.forecast.asEver"), dataIndex: "error_as_ever", align: "right", render: percent },
        ]} />
      </div>
    </Panel>
  );
}
