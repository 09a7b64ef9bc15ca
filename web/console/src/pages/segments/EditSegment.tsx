import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import { changeSegment, createSegment, readSegment, type Rule, type Segment, type SegmentKind } from "@/api/audience";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { audienceKeys } from "../audience/keys";
import { draftOf, type Fault, type GroupDraft } from "../audience/rule/draft";
import { LivePreview } from "../audience/rule/LivePreview";
import { RuleBuilder } from "../audience/rule/RuleBuilder";
import { refusals, usePreview } from "../audience/rule/usePreview";
import { useLeaveGuard } from "../audience/useLeaveGuard";
import { PickPeople, type Picked } from "./SegmentPeople";
import styles from "./Segments.module.css";

const EVERYBODY: Rule = { kind: "all", rules: [] };
const KINDS: readonly SegmentKind[] = ["live", "manual", "snapshot"];

/** Ready ones to begin with; each is a rule of the brand's first days. */
const SAMPLES: readonly (readonly ["activeFans" | "sleeping" | "sharers", Rule])[] = [
  ["activeFans", { kind: "all", rules: [{ kind: "standing", standing: "fan" }, { kind: "did", event: "*", at_least: 1, days: 30 }] }],
  ["sleeping", { kind: "all", rules: [{ kind: "did", event: "Order Paid", at_least: 1 }, { kind: "not", rule: { kind: "did", event: "*", at_least: 1, days: 90 } }] }],
  ["sharers", { kind: "sequence", first: "Spread Shared", then: "Order Paid" }],
];

/** What another page brings along: a rule to begin with. */
interface Brought {
  rule?: Rule;
  name?: string;
}

export function EditSegmentPage() {
  const { t } = useTranslation();
  const asked = useParams()["segment"] ?? null;
  const read = useQuery({ queryKey: audienceKeys.segment(asked ?? ""), queryFn: () => readSegment(asked ?? ""), enabled: asked !== null, staleTime: Infinity });
  const brought = useLocation().state as Brought | null;
  if (asked === null) return <Edit segment={null} brought={brought} />;
  if (read.data) return <Edit key={asked} segment={read.data} brought={null} />;
  return (
    <PageLayout title={t("segments.form.change")}>
      <Panel>{read.error ? <ProblemState error={read.error} onRetry={() => void read.refetch()} /> : <LoadingState rows={8} />}</Panel>
    </PageLayout>
  );
}

function Edit({ segment, brought }: { segment: Segment | null; brought: Brought | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const [name, setName] = useState(segment?.name ?? brought?.name ?? "");
  const [note, setNote] = useState(segment?.note ?? "");
  const [kind, setKind] = useState<SegmentKind>(segment?.kind ?? "live");
  const [draft, setDraft] = useState<GroupDraft>(() => draftOf(segment?.rule ?? brought?.rule ?? EVERYBODY));
  const [people, setPeople] = useState<Picked[]>([]);
  const [tried, setTried] = useState(false);
  const [begun] = useState(draft);
  const { guard, leave } = useLeaveGuard(draft !== begun || name !== (segment?.name ?? brought?.name ?? "") || note !== (segment?.note ?? "") || people.length > 0);
  // A snapshot that is there keeps whom it was taken of.
  const isRuled = segment === null ? kind !== "manual" : kind === "live";
  const compiled = usePreview(draft, isRuled);
  const save = useMutation({
    mutationFn: (): Promise<Segment> => {
      const said = { name: name.trim(), note: note.trim() };
      const rule = isRuled ? { rule: compiled.rule } : {};
      if (segment) return changeSegment(segment.segment, { ...said, ...rule });
      return createSegment({ ...said, kind, ...rule, ...(kind === "manual" ? { people: people.map(({ person }) => person) } : {}) });
    },
    onSuccess: (saved) => {
      leave();
      cache.setQueryData(audienceKeys.segment(saved.segment), saved);
      void cache.invalidateQueries({ queryKey: ["audience"] });
      void message.success(t(segment ? "segments.form.changed" : "segments.form.made", { name: saved.name }));
      void navigate(`/segments/${saved.segment}`);
    },
  });
  const needsName = tried && name.trim() === "";
  const submit = (): void => {
    setTried(true);
    if (name.trim() === "" || (isRuled && compiled.faults.size > 0)) {
      void message.warning(t(name.trim() === "" ? "segments.form.needName" : "segments.form.unfinished"));
      return;
    }
    save.mutate();
  };
  return (
    <PageLayout title={<span className={styles.title}><Link to="/segments" className={styles.back}>{t("segments.title")}</Link>{segment ? t("segments.form.changeOf", { name: segment.name }) : t("segments.form.new")}</span>}
      actions={<>
        <Button onClick={() => void navigate(segment ? `/segments/${segment.segment}` : "/segments")}>{t("common.action.cancel")}</Button>
        <Button type="primary" loading={save.isPending} onClick={submit} data-testid="segment-save">{t(segment ? "segments.form.save" : "common.action.create")}</Button>
      </>}>
      {guard}
      <div className={styles.edit} data-ruled={isRuled}>
        <div className={styles.stack}>
          <Panel>
            <Form layout="vertical" requiredMark={false}>
              <div className={styles.formRow} data-last={segment !== null}>
                <Form.Item label={t("segments.form.name")} validateStatus={needsName ? "error" : ""} help={needsName ? t("segments.form.needName") : null}>
                  <Input autoFocus={segment === null} value={name} maxLength={60} placeholder={t("segments.form.nameHint")} onChange={({ target }) => setName(target.value)} data-testid="segment-form-name" />
                </Form.Item>
                <Form.Item label={t("segments.form.note")}>
                  <Input value={note} maxLength={200} placeholder={t("segments.form.noteHint")} onChange={({ target }) => setNote(target.value)} data-testid="segment-form-note" />
                </Form.Item>
              </div>
              {segment === null && (
                <Form.Item label={t("segments.form.kind")} extra={t(`segments.kindHint.${kind}`)} style={{ marginBottom: 0 }}>
                  <Segmented<SegmentKind> value={kind} onChange={setKind} options={KINDS.map((each) => ({ value: each, label: t(`segments.kind.${each}`) }))} data-testid="segment-form-kind" />
                </Form.Item>
              )}
            </Form>
            {save.error && <p role="alert" className={styles.refused} data-testid="segment-refused">{refusal(save.error)}</p>}
          </Panel>
          {segment === null && kind === "manual" && <Panel title={t("segments.people.title")}><PickPeople picked={people} onChange={setPeople} /></Panel>}
          {isRuled && <RulePanel draft={draft} onChange={setDraft} faults={compiled.faults} refused={new Map([...compiled.refused, ...refusals(compiled, save.error)])} tried={tried} isNew={segment === null} />}
        </div>
        {isRuled && <LivePreview previewed={compiled} />}
      </div>
    </PageLayout>
  );
}

interface RulePanelProps {
  draft: GroupDraft;
  faults: ReadonlyMap<string, Fault>;
  refused: ReadonlyMap<string, string>;
  tried: boolean;
  isNew: boolean;
  onChange: (draft: GroupDraft) => void;
}

function RulePanel({ draft, faults, refused, tried, isNew, onChange }: RulePanelProps) {
  const { t } = useTranslation();
  // What is only not written yet is no fault until somebody wants to save it.
  const told = tried ? faults : new Map([...faults].filter(([, fault]) => fault !== "choose" && fault !== "number" && fault !== "empty"));
  return (
    <Panel title={t("segments.form.rule")}>
      <RuleBuilder draft={draft} faults={told} refused={refused} onChange={onChange} />
      {isNew && draft.nodes.length === 0 && (
        <p className={styles.samples}>
          <small>{t("rules.build.start")}</small>
          {SAMPLES.map(([name, rule]) => <Button key={name} size="small" onClick={() => onChange(draftOf(rule))} data-testid={`rule-sample-${name}`}>{t(`rules.build.samples.${name}`)}</Button>)}
        </p>
      )}
    </Panel>
  );
}
