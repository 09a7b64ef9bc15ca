import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Collapse, Form, Input, InputNumber, Space, Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { startSeeds, type SeedRow, type SeedsAnswer, type SeedsAsked, type StudyView } from "@/api/studies";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState } from "@/app/parts/states";
import { Caps, Costs } from "./limits";
import { Calibration, Figure, Hint, Numbers, StoreSelect, StudyPage, useWords } from "./parts";
import styles from "./Studies.module.css";
import { idsOf, useStudy } from "./useStudy";

interface Fields {
  name?: string; count: number; budget?: number | null; cost?: number | null; per_store?: number | null;
  with_people?: string; without_people?: string; without_stores?: string[];
  roots?: boolean; anyway?: boolean; epsilon: number; seed: number;
  costs?: { person?: string; cost?: number | null }[];
  caps?: { unit?: string; most?: number | null }[];
}

const minor = (yuan: number | null | undefined): number => Math.round((yuan ?? 0) * 100);

const askedOf = (fields: Fields): SeedsAsked => ({
  name: fields.name ?? "",
  count: fields.count,
  budget_minor: fields.budget == null ? null : minor(fields.budget),
  cost_minor: minor(fields.cost),
  costs: (fields.costs ?? []).flatMap(({ person, cost }) => (person && cost != null ? [{ person: person.trim(), cost_minor: minor(cost) }] : [])),
  per_store: fields.per_store ?? null,
  stores: (fields.caps ?? []).flatMap(({ unit, most }) => (unit && most != null ? [{ unit, most }] : [])),
  with_people: idsOf(fields.with_people ?? "").ids,
  without_people: idsOf(fields.without_people ?? "").ids,
  without_stores: fields.without_stores ?? [],
  roots: fields.roots ?? false,
  subtract_anyway: fields.anyway ?? true,
  epsilon: fields.epsilon,
  seed: fields.seed,
});

/** Whom to start the next campaign with. */
export function SeedsPage() {
  const { t } = useTranslation();
  const study = useStudy("seeds");
  return (
    <StudyPage title={t("studies.seeds.title")} lead={t("studies.seeds.lead")} study={study}
      form={<SeedsForm study={study} />} answer={(view) => <Answer view={view} study={study} />} />
  );
}

function SeedsForm({ study }: { study: ReturnType<typeof useStudy> }) {
  const { t } = useTranslation();
  const start = useMutation({ mutationFn: startSeeds, onSuccess: study.begun });
  const people = { validator: (_: unknown, text: string | undefined) => {
    const { wrong } = idsOf(text ?? "");
    return wrong ? Promise.reject(new Error(t("studies.idWrong", { text: wrong }))) : Promise.resolve();
  } };
  const money = { min: 0, precision: 2, style: { width: "100%" }, suffix: t("studies.yuan") };
  return (
    <Panel>
      <EmptyState title={t("studies.seeds.empty")} detail={t("studies.seeds.emptyDetail")} />
      <Form<Fields> layout="vertical" initialValues={{ count: 50, anyway: true, epsilon: 0.1, seed: 1 }}
        onFinish={(fields) => start.mutate(askedOf(fields))} data-testid="seeds-form">
        <div className={styles.form}>
          <Form.Item name="name" label={t("studies.name")}><Input maxLength={100} placeholder={t("studies.namePlaceholder")} /></Form.Item>
          <Form.Item name="count" label={t("studies.seeds.count")} rules={[{ required: true }]}><InputNumber min={1} max={1000} precision={0} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="cost" label={t("studies.seeds.cost")}><InputNumber {...money} /></Form.Item>
          <Form.Item name="budget" label={t("studies.seeds.budget")}><InputNumber {...money} /></Form.Item>
          <Form.Item name="per_store" label={t("studies.seeds.perStore")}><InputNumber min={1} precision={0} style={{ width: "100%" }} /></Form.Item>
        </div>
        <Collapse ghost items={[{ key: "more", label: t("studies.advanced"), forceRender: true, children: (
          <div className={styles.form}>
            <Form.Item name="with_people" label={t("studies.seeds.withPeople")} rules={[people]}><Input placeholder={t("studies.ids")} /></Form.Item>
            <Form.Item name="without_people" label={t("studies.seeds.withoutPeople")} rules={[people]}><Input placeholder={t("studies.ids")} /></Form.Item>
            <Form.Item name="without_stores" label={t("studies.seeds.withoutStores")}><StoreSelect /></Form.Item>
            <Form.Item name="epsilon" label={<Hint label={t("studies.seeds.epsilon")} help={t("studies.seeds.epsilonHelp")} />}><InputNumber min={0.05} max={0.5} step={0.05} style={{ width: "100%" }} /></Form.Item>
            <Form.Item name="seed" label={<Hint label={t("studies.seed")} help={t("studies.seedHelp")} />}><InputNumber min={0} max={4294967295} precision={0} style={{ width: "100%" }} /></Form.Item>
            <Form.Item name="roots" valuePropName="checked"><Checkbox>{t("studies.seeds.roots")}</Checkbox></Form.Item>
            <Form.Item name="anyway" valuePropName="checked"><Checkbox>{t("studies.seeds.anyway")}</Checkbox></Form.Item>
            <div className={styles.wide}><Costs /></div>
            <div className={styles.wide}><Caps /></div>
          </div>
        ) }]} />
        {start.error && <Alert type="error" showIcon title={start.error.message} style={{ marginBottom: 12 }} />}
        <Button type="primary" htmlType="submit" loading={start.isPending} data-testid="seeds-start">{t("studies.start")}</Button>
      </Form>
    </Panel>
  );
}

const CHOICES = ["seeds", "reach", "two_hop"] as const;

function Answer({ view, study }: { view: StudyView; study: ReturnType<typeof useStudy> }) {
  const { t } = useTranslation();
  const format = useFormats();
  const words = useWords();
  const again = useMutation({ mutationFn: startSeeds, onSuccess: study.begun });
  const answer = view.seeds;
  if (!answer) return null;
  const own = answer.choices[0];
  const give = (estimate: { mean: number; stderr: number }) => `${format.decimal(estimate.mean)} ± ${format.decimal(estimate.stderr)}`;
  return (
    <>
      <Panel title={view.name} extra={
        <Space>
          <Link to={`/whatif?plan=${view.id}`} data-testid="to-forecast">{t("studies.seeds.toForecast")}</Link>
          {view.asked_seeds && <Button size="small" loading={again.isPending} onClick={() => view.asked_seeds && again.mutate(view.asked_seeds)}>{t("studies.again")}</Button>}
        </Space>}>
        <Numbers>
          <Figure label={t("studies.seeds.certificate")} value={format.share(answer.certificate, 1)} note={t("studies.seeds.atLeast")} />
          {own && <Figure label={t("studies.seeds.won")} value={format.decimal(own.people.mean)} note={`± ${format.decimal(own.people.stderr)}`} />}
          {own && <Figure label={t("studies.seeds.worth")} value={format.decimal(own.worth.mean)} note={`± ${format.decimal(own.worth.stderr)}`} />}
          {own && own.cost_minor > 0 && <Figure label={t("studies.seeds.perPerson")} value={own.cost_per_worth_minor == null ? "—" : format.money(own.cost_per_worth_minor)} />}
        </Numbers>
        <p className={styles.faint} data-testid="certificate">{words(answer.words)}</p>
        <p className={styles.faint}>
          {t("studies.seeds.people", { people: answer.people, candidates: answer.candidates })}
          {(answer.kept_out ?? 0) > 0 && <> · <Link to="/fraud" data-testid="seeds-kept-out">{t("studies.seeds.keptOut", { count: answer.kept_out ?? 0 })}</Link></>}
        </p>
      </Panel>
      <div className={styles.two}>
        <Panel title={t("studies.seeds.compare")}>
          <Table size="small" pagination={false} rowKey="choice" dataSource={answer.choices} scroll={{ x: "max-content" }} data-testid="choices" columns={[
            { title: "", dataIndex: "choice", render: (choice: (typeof CHOICES)[number]) => t(`studies.seeds.choice.${choice}`) },
            { title: t("studies.seeds.won"), align: "right", render: (_, row) => give(row.people) },
            { title: t("studies.seeds.behind"), align: "right", render: (_, row) => (row.choice === "seeds" ? "—" : give(row.behind)) },
            { title: t("studies.seeds.perPerson"), align: "right", render: (_, row) => (row.cost_minor > 0 && row.cost_per_worth_minor != null ? format.money(row.cost_per_worth_minor) : "—") },
          ]} />
          <p className={styles.faint}>{t("studies.seeds.compareHelp", { worlds: answer.worlds })}</p>
        </Panel>
        <Calibration answers={answer.answers} />
      </div>
      <SeedTable answer={answer} />
      <Panel title={t("studies.seeds.byStore")} flush>
        <Table size="small" pagination={{ pageSize: 12, hideOnSinglePage: true }} rowKey={(row) => row.store.unit ?? ""} dataSource={answer.stores} scroll={{ x: "max-content" }} columns={[
          { title: t("studies.store"), render: (_, row) => row.store.name ?? t("studies.noStore") },
          { title: t("studies.seeds.seedsHere"), dataIndex: "seeds", align: "right" },
          { title: t("studies.seeds.choice.seeds"), align: "right", render: (_, row) => give(row.people) },
          { title: t("studies.seeds.choice.reach"), align: "right", render: (_, row) => give(row.people_by_reach) },
          { title: t("studies.seeds.choice.two_hop"), align: "right", render: (_, row) => give(row.people_by_two_hop) },
        ]} />
      </Panel>
    </>
  );
}

function SeedTable({ answer }: { answer: SeedsAnswer }) {
  const { t } = useTranslation();
  const format = useFormats();
  const words = useWords();
  return (
    <Panel flush>
      <Table<SeedRow> size="small" rowKey="person" dataSource={answer.seeds} pagination={{ pageSize: 20, hideOnSinglePage: true }} scroll={{ x: "max-content" }} data-testid="seed-table" columns={[
        { title: t("studies.seeds.rank"), dataIndex: "rank", align: "right" },
        { title: t("studies.seeds.person"), render: (_, row) => <Link to={`/people/${row.person}`}>{row.name ?? row.person}</Link> },
        { title: t("studies.store"), render: (_, row) => row.store.name ?? t("studies.noStore") },
        { title: t("studies.seeds.gain"), align: "right", render: (_, row) => format.decimal(row.gain) },
        { title: t("studies.seeds.price"), align: "right", render: (_, row) => (row.cost_minor > 0 ? format.money(row.cost_minor) : "—") },
        { title: t("studies.seeds.reasons"), render: (_, row) => <ul className={styles.reasons}>{row.reasons.map((reason) => <li key={reason.en}>{words(reason)}</li>)}</ul> },
        { title: "", render: (_, row) => <Link to={`/reach?to=${row.person}`}>{t("studies.seeds.reach")}</Link> },
      ]} />
    </Panel>
  );
}
