import { DeleteOutlined, TeamOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, Modal, Select, Table, Tooltip, type ButtonProps, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { createTrait, deleteTrait, listTraits, type Measure, type TraitDef, type TraitRow } from "@/api/audience";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { showFieldErrors, useRefusal } from "@/app/parts/refusal";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { usePreferences } from "@/app/preferences";
import { audienceKeys } from "../audience/keys";
import { takesWindow } from "../audience/rule/draft";
import { EventField, WindowField } from "../audience/rule/fields";
import { Sentence } from "../audience/rule/RuleWords";
import { traitWords } from "../audience/rule/words";
import { useSpeech } from "../audience/useSpeech";
import styles from "./Tags.module.css";

const MEASURES: readonly Measure[] = ["count", "sum", "active_days", "days_since_first", "days_since_last"];

/** The numbers that are kept of everybody. */
export function Traits({ create }: { create: React.ReactNode }) {
  const { t } = useTranslation();
  const format = useFormats();
  const may = useMay();
  const navigate = useNavigate();
  const speech = useSpeech();
  const language = usePreferences((state) => state.language);
  const [making, setMaking] = useUrlState("new");
  const [removing, setRemoving] = useState<TraitRow | null>(null);
  const traits = useQuery({ queryKey: audienceKeys.traits, queryFn: listTraits });
  const items = traits.data?.items;
  const columns: TableColumnsType<TraitRow> = [
    { title: t("traits.column.name"), key: "name", sorter: (a, b) => a[language].localeCompare(b[language], "zh"), render: (_, trait) => <span className={styles.trait}><b>{trait[language]}</b><small>{trait.name}</small></span> },
    { title: t("traits.column.counts"), key: "counts", render: (_, trait) => <span className={styles.counts}><Sentence text={traitWords(speech, trait)} /></span> },
    { title: t("traits.column.people"), key: "people", align: "right", sorter: (a, b) => a.people - b.people, render: (_, { people }) => format.count(people) },
    ...(may("manage_segments") ? [{
      key: "tools", align: "right" as const, render: (_: unknown, trait: TraitRow) => (
        <>
          <Tooltip title={t("labels.toSegment")}><Button type="text" size="small" icon={<TeamOutlined />} aria-label={t("labels.toSegment")} onClick={() => void navigate("/segments/new", { state: { rule: { kind: "trait", name: trait.name, at_least: 1 } } })} /></Tooltip>
          <Tooltip title={t("traits.remove.open")}><Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t("traits.remove.open")} onClick={() => setRemoving(trait)} data-testid="trait-delete" /></Tooltip>
        </>),
    }] : []),
  ];
  return (
    <Panel flush title={items && items.length > 0 ? <small className={styles.total}>{t("traits.total", { count: items.length })}</small> : undefined}>
      {traits.error && !items ? <ProblemState error={traits.error} onRetry={() => void traits.refetch()} /> : null}
      {traits.isPending && <LoadingState />}
      {items?.length === 0 && <EmptyState title={t("traits.empty.title")} detail={t("traits.empty.detail")} action={create} />}
      {items && items.length > 0 && <Table<TraitRow> rowKey="name" columns={columns} dataSource={items} pagination={items.length > 20 ? { pageSize: 20, showSizeChanger: false } : false} scroll={{ x: "max-content" }} data-testid="trait-table" />}
      {may("manage_segments") && <TraitForm open={making !== null} onClose={() => setMaking(null)} />}
      {removing && <RemoveTrait trait={removing} onClose={() => setRemoving(null)} />}
    </Panel>
  );
}

interface Fields {
  zh: string;
  en: string;
  name: string;
  event: string | null;
  measure: Measure;
  days: number | null;
}

/** A name of the API's kind out of English words. */
export const slugOf = (words: string): string => words.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "").slice(0, 64);

function TraitForm({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const speech = useSpeech();
  const [form] = Form.useForm<Fields>();
  const written = Form.useWatch([], form);
  const measure = written?.measure ?? "sum";
  const make = useMutation({
    mutationFn: ({ zh, en, name, event, measure: which, days }: Fields) =>
      createTrait({ name: name.trim(), zh: zh.trim(), en: en.trim(), event: event ?? "", measure: which, ...(takesWindow(which) && days ? { days } : {}) } satisfies TraitDef),
    onSuccess: (_, { zh }) => {
      void message.success(t("traits.form.made", { name: zh }));
      void cache.invalidateQueries({ queryKey: ["audience"] });
      close();
    },
    onError: (error) => void showFieldErrors(form, error),
  });
  const close = (): void => {
    make.reset();
    form.resetFields();
    onClose();
  };
  return (
    <Modal open={open} title={t("traits.form.new")} onCancel={close} onOk={form.submit} okText={t("common.action.create")} cancelText={t("common.action.cancel")} confirmLoading={make.isPending} okButtonProps={{ "data-testid": "trait-save" } as ButtonProps} destroyOnHidden>
      {make.error && <Alert type="error" showIcon title={refusal(make.error)} style={{ margin: "8px 0" }} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ event: "Order Paid", measure: "sum", days: 90 }} onFinish={(fields) => make.mutate(fields)} style={{ marginTop: 12 }}
        onValuesChange={(changed) => { if (changed.en !== undefined && !form.isFieldTouched("name")) form.setFieldValue("name", slugOf(changed.en)); }}>
        <div className={styles.formRow}>
          <Form.Item name="zh" label={t("traits.form.zh")} rules={[{ required: true, whitespace: true, message: t("traits.form.needZh") }]}><Input autoFocus maxLength={40} placeholder={t("traits.form.zhHint")} data-testid="trait-zh" /></Form.Item>
          <Form.Item name="en" label={t("traits.form.en")} rules={[{ required: true, whitespace: true, message: t("traits.form.needEn") }]}><Input maxLength={40} placeholder={t("traits.form.enHint")} data-testid="trait-en" /></Form.Item>
        </div>
        <Form.Item name="name" label={t("traits.form.name")} extra={t("traits.form.nameHint")} rules={[{ required: true, pattern: /^[a-z0-9_]{1,64}$/, message: t("traits.form.badName") }]}><Input maxLength={64} data-testid="trait-name" /></Form.Item>
        <div className={styles.formRow}>
          <Form.Item name="event" label={t("traits.form.event")} rules={[{ required: true, message: t("traits.form.needEvent") }]}><FormEvent /></Form.Item>
          <Form.Item name="measure" label={t("traits.form.measure")}><Select<Measure> options={MEASURES.map((each) => ({ value: each, label: t(`rules.measure.${each}`) }))} onChange={(next) => { if (next === "active_days" && !form.getFieldValue("days")) form.setFieldValue("days", 30); }} data-testid="trait-measure" /></Form.Item>
        </div>
        {takesWindow(measure) && <Form.Item name="days" label={t("traits.form.window")}><FormWindow ever={measure !== "active_days"} /></Form.Item>}
      </Form>
      {written?.event && <p className={styles.read}>{t("traits.form.reads")} <Sentence text={traitWords(speech, { event: written.event, measure, days: takesWindow(measure) ? written.days : null })} /></p>}
    </Modal>
  );
}

const FormEvent = ({ value = null, onChange }: { value?: string | null; onChange?: (event: string) => void }) => <EventField any value={value} onChange={(event) => onChange?.(event)} testId="trait-event" />;
const FormWindow = ({ value = null, onChange, ever }: { value?: number | null; onChange?: (days: number | null) => void; ever: boolean }) => <WindowField ever={ever} value={value} onChange={(days) => onChange?.(days)} />;

function RemoveTrait({ trait, onClose }: { trait: TraitRow; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const language = usePreferences((state) => state.language);
  const remove = useMutation({
    mutationFn: () => deleteTrait(trait.name),
    onSuccess: () => {
      void message.success(t("traits.remove.done", { name: trait[language] }));
      void cache.invalidateQueries({ queryKey: ["audience"] });
      onClose();
    },
  });
  return (
    <Modal open title={t("traits.remove.title", { name: trait[language] })} onCancel={onClose} onOk={() => remove.mutate()} okText={t("traits.remove.open")} cancelText={t("common.action.cancel")} confirmLoading={remove.isPending} okButtonProps={{ danger: true }}>
      <p>{t("traits.remove.lead")}</p>
      {remove.error && <p role="alert" className={styles.refused}>{refusal(remove.error)}</p>}
    </Modal>
  );
}
