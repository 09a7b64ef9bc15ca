import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Grid, Input, InputNumber, Segmented, Select, Switch } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { listUnits } from "@/api/organisation";
import { changeReminderRule, createReminderRule, readReminderCalendar, type ReminderAudience, type ReminderRule } from "@/api/reminders";
import { useFormats } from "@/app/format";
import { useRefusal } from "@/app/parts/refusal";
import { useMay } from "@/app/permissions";
import { keys } from "@/app/queries";
import { matchScore } from "@/app/keyboard/pinyin";
import { bodyOf, draftOf, faultsOf, PLACEHOLDERS, unknownPlaceholder, type Fault, type Kind, type RuleDraft, type SpanDraft, type Unit } from "./draft";
import { reminderKeys } from "./keys";
import { MatcherField } from "./MatcherField";
import { RulePreview } from "./RulePreview";
import { beginning, FESTIVALS } from "./samples";
import styles from "./Reminders.module.css";

const KINDS: readonly Kind[] = ["after", "birthday", "festival"];
const UNITS: readonly Unit[] = ["day", "week", "month"];
const AUDIENCES: readonly ReminderAudience[] = ["everybody", "fans", "members"];
const DAYS_BEFORE_MAX = 60;
/** Every festival comes once in so many days. */
const YEAR_DAYS = 400;

/** A rule is written as a sentence; beside it stands whom it would remind of. */
export function RuleForm({ rule, sample, onClose }: { rule: ReminderRule | null; sample: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [draft, setDraft] = useState<RuleDraft>(() => (rule ? draftOf(rule) : beginning(t, sample)));
  const [tried, setTried] = useState(false);
  const faults = faultsOf(draft);
  const put = (change: Partial<RuleDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const save = useMutation({
    mutationFn: () => (rule ? changeReminderRule(rule.id, bodyOf(draft)) : createReminderRule(bodyOf(draft))),
    onSuccess: (saved) => {
      void message.success(t(rule ? "reminders.form.changed" : "reminders.form.made", { name: saved.name }));
      void cache.invalidateQueries({ queryKey: reminderKeys.all });
      onClose();
    },
  });
  const submit = (): void => {
    setTried(true);
    if (faults.size > 0) void message.warning(t("reminders.form.unfinished"));
    else save.mutate();
  };
  const help = (fault: Fault) => (tried && faults.has(fault) ? { validateStatus: "error" as const, help: t(`reminders.fault.${fault}`) } : {});
  return (
    <Drawer open onClose={onClose} size={wide ? 1080 : "100%"} title={t(rule ? "reminders.form.change" : "reminders.form.new")} data-testid="rule-form"
      extra={<Button type="primary" loading={save.isPending} onClick={submit} data-testid="rule-save">{t(rule ? "reminders.form.save" : "common.action.create")}</Button>}>
      <div className={styles.edit}>
        <Form layout="vertical" requiredMark={false}>
          <Form.Item label={t("reminders.form.name")} {...help("name")}>
            <Input autoFocus={rule === null} value={draft.name} maxLength={100} placeholder={t("reminders.form.nameHint")} onChange={({ target }) => put({ name: target.value })} data-testid="rule-name" />
          </Form.Item>
          <Form.Item label={t("reminders.form.kind")} extra={t(`reminders.kindHint.${draft.kind}`)}>
            <Segmented<Kind> value={draft.kind} onChange={(kind) => put({ kind })} options={KINDS.map((each) => ({ value: each, label: t(`reminders.kind.${each}`) }))} data-testid="rule-kind" />
          </Form.Item>
          {draft.kind === "after" && <AfterFields draft={draft} put={put} help={help} />}
          {draft.kind === "festival" && <FestivalFields draft={draft} put={put} help={help} />}
          {draft.kind !== "after" && (
            <Form.Item label={t("reminders.form.daysBefore")}>
              <InputNumber min={0} max={DAYS_BEFORE_MAX} precision={0} value={draft.daysBefore} onChange={(days) => put({ daysBefore: days ?? 0 })} suffix={t("reminders.form.days")} data-testid="rule-days-before" />
            </Form.Item>
          )}
          <ScriptField draft={draft} put={put} help={help} />
          <TimeFields draft={draft} put={put} help={help} />
          <ForWhom draft={draft} put={put} had={rule?.fallback?.id ?? null} />
          {save.error && <p role="alert" className={styles.refused} data-testid="rule-refused">{refusal(save.error)}</p>}
        </Form>
        <RulePreview draft={draft} />
      </div>
    </Drawer>
  );
}

interface Fields {
  draft: RuleDraft;
  put: (change: Partial<RuleDraft>) => void;
  help: (fault: Fault) => object;
}

function AfterFields({ draft, put, help }: Fields) {
  const { t } = useTranslation();
  const faults = ["event", "filter"].map((fault) => help(fault as Fault)).find((each) => Object.keys(each).length > 0) ?? {};
  return (
    <>
      <Form.Item label={t("reminders.form.fact")} {...faults}><MatcherField value={draft.fact} onChange={(fact) => put({ fact })} testId="rule-fact" /></Form.Item>
      <Form.Item label={t("reminders.form.wait")} {...help("wait")}><Span value={draft.wait} onChange={(wait) => put({ wait })} testId="rule-wait" /></Form.Item>
      <Form.Item label={t("reminders.form.per")} extra={t(draft.perOrder ? "reminders.form.perOrderHint" : "reminders.form.perPersonHint")}>
        <Segmented value={draft.perOrder ? "order" : "person"} onChange={(per) => put({ perOrder: per === "order" })} options={(["person", "order"] as const).map((per) => ({ value: per, label: t(`reminders.form.pers.${per}`) }))} />
      </Form.Item>
      <Form.Item label={t("reminders.form.unless")} {...help("unless")}>
        <Switch checked={draft.unless !== null} onChange={(on) => put({ unless: on ? { event: "Order Paid", filters: [] } : null })} aria-label={t("reminders.form.unless")} data-testid="rule-unless" />
        {draft.unless && <MatcherField value={draft.unless} onChange={(unless) => put({ unless })} testId="rule-unless" />}
      </Form.Item>
      <Form.Item label={t("reminders.form.repeat")} {...help("repeat")}>
        <span className={styles.inline}>
          <Switch checked={draft.repeat !== null} onChange={(on) => put({ repeat: on ? { every: { count: 1, unit: "week" }, times: 2 } : null })} aria-label={t("reminders.form.repeat")} data-testid="rule-repeat" />
          {draft.repeat && <>
            {t("reminders.form.every")}
            <Span value={draft.repeat.every} onChange={(every) => put({ repeat: { times: draft.repeat?.times ?? 1, every } })} testId="rule-every" />
            <InputNumber min={1} max={24} precision={0} value={draft.repeat.times} onChange={(times) => put({ repeat: { every: draft.repeat?.every ?? { count: 1, unit: "week" }, times } })} suffix={t("reminders.form.times")} aria-label={t("reminders.form.times")} />
          </>}
        </span>
      </Form.Item>
    </>
  );
}

function Span({ value, onChange, testId }: { value: SpanDraft; onChange: (value: SpanDraft) => void; testId: string }) {
  const { t } = useTranslation();
  return (
    <span className={styles.inline}>
      <InputNumber min={1} max={value.unit === "month" ? 120 : 1000} precision={0} value={value.count} onChange={(count) => onChange({ ...value, count })} aria-label={t("reminders.form.count")} data-testid={testId} />
      <Select<Unit> value={value.unit} onChange={(unit) => onChange({ ...value, unit })} aria-label={t("reminders.form.unit")} popupMatchSelectWidth={false} options={UNITS.map((unit) => ({ value: unit, label: t(`reminders.unit.${unit}`) }))} data-testid={`${testId}-unit`} />
    </span>
  );
}

/** The festivals in the order in which they come, with their days. */
function FestivalFields({ draft, put, help }: Fields) {
  const { t } = useTranslation();
  const format = useFormats();
  const calendar = useQuery({ queryKey: reminderKeys.calendar(YEAR_DAYS), queryFn: () => readReminderCalendar(YEAR_DAYS), staleTime: 3_600_000 });
  const days = calendar.data?.days ?? [];
  const next = (festival: string): string => days.find(({ festivals }) => (festivals as string[]).includes(festival))?.date ?? "";
  const ordered = [...FESTIVALS].sort((a, b) => next(a).localeCompare(next(b)));
  return (
    <div className={styles.pair}>
      <Form.Item label={t("reminders.form.festival")} {...help("festival")}>
        <Select value={draft.festival} onChange={(festival) => put({ festival })} placeholder={t("reminders.form.festivalHint")} loading={calendar.isPending} data-testid="rule-festival"
          showSearch={{ filterOption: (search, option) => matchScore(search, String(option?.name ?? ""), [String(option?.value ?? "")]) > 0 }}
          options={ordered.map((each) => ({ value: each, name: t(`reminders.festival.${each}`), label: [t(`reminders.festival.${each}`), next(each) && format.day(next(each))].filter(Boolean).join(" · ") }))} />
      </Form.Item>
      <Form.Item label={t("reminders.form.audience")}>
        <Select<ReminderAudience> value={draft.audience} onChange={(audience) => put({ audience })} options={AUDIENCES.map((each) => ({ value: each, label: t(`reminders.audience.${each}`) }))} data-testid="rule-audience" />
      </Form.Item>
    </div>
  );
}

/** The words, with what is put into them at a click. */
function ScriptField({ draft, put, help }: Fields) {
  const { t } = useTranslation();
  const area = useRef<HTMLDivElement>(null);
  const unknown = unknownPlaceholder(draft.script);
  const insert = (word: string): void => {
    const text = area.current?.querySelector("textarea");
    const at = text?.selectionStart ?? draft.script.length;
    put({ script: `${draft.script.slice(0, at)}{${word}}${draft.script.slice(text?.selectionEnd ?? at)}` });
    text?.focus();
  };
  return (
    <Form.Item label={t("reminders.form.script")} {...(unknown === null ? help("script") : { validateStatus: "error" as const, help: t("reminders.fault.placeholderOf", { word: unknown }) })}>
      <div ref={area}>
        <Input.TextArea value={draft.script} maxLength={2000} autoSize={{ minRows: 3, maxRows: 10 }} placeholder={t("reminders.form.scriptHint")} onChange={({ target }) => put({ script: target.value })} data-testid="rule-script" />
      </div>
      <span className={styles.placeholders}>
        <small>{t("reminders.form.insert")}</small>
        {PLACEHOLDERS.filter((word) => word !== "festival" || draft.kind === "festival").map((word) => <Button key={word} size="small" onClick={() => insert(word)} data-testid={`insert-${word}`}>{t(`reminders.placeholder.${word}`)}</Button>)}
      </span>
    </Form.Item>
  );
}

function TimeFields({ draft, put, help }: Fields) {
  const { t } = useTranslation();
  const time = (value: string, set: (value: string) => void, label: string, testId: string) => <Input type="time" required value={value} onChange={({ target }) => set(target.value)} aria-label={label} className={styles.time ?? ""} data-testid={testId} />;
  return (
    <Form.Item label={t("reminders.form.at")} extra={t("reminders.form.quietHint")} {...help("time")}>
      <span className={styles.inline}>
        {time(draft.at, (at) => put({ at }), t("reminders.form.at"), "rule-at")}
        <span>{t("reminders.form.quiet")}</span>
        {time(draft.quietFrom, (quietFrom) => put({ quietFrom }), t("reminders.form.quietFrom"), "rule-quiet-from")}
        <span>–</span>
        {time(draft.quietTo, (quietTo) => put({ quietTo }), t("reminders.form.quietTo"), "rule-quiet-to")}
      </span>
    </Form.Item>
  );
}

function ForWhom({ draft, put, had }: { draft: RuleDraft; put: Fields["put"]; had: string | null }) {
  const { t } = useTranslation();
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits, enabled: useMay()("read_organisation") });
  if (!units.data || units.data.length === 0) return null;
  const options = units.data.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <div className={styles.pair}>
      <Form.Item label={t("reminders.form.units")} extra={t("reminders.form.unitsHint")}>
        <Select mode="multiple" allowClear value={draft.units} onChange={(chosen) => put({ units: chosen })} placeholder={t("reminders.form.everyUnit")} showSearch={{ optionFilterProp: "label" }} options={options} data-testid="rule-units" />
      </Form.Item>
      <Form.Item label={t("reminders.form.fallback")} extra={t("reminders.form.fallbackHint")}>
        <Select<string | null> allowClear={had === null} value={draft.fallback} onChange={(fallback) => put({ fallback: fallback ?? null })} placeholder={t("reminders.form.noFallback")} showSearch={{ optionFilterProp: "label" }} options={options} data-testid="rule-fallback" />
      </Form.Item>
    </div>
  );
}
