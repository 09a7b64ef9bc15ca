import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, AutoComplete, Button, Drawer, Form, Grid, Input, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeTag, createTag, type Intent, type Rule, type Tag } from "@/api/audience";
import { showFieldErrors, useRefusal } from "@/app/parts/refusal";
import { draftOf, type GroupDraft } from "../audience/rule/draft";
import { LivePreview } from "../audience/rule/LivePreview";
import { RuleBuilder } from "../audience/rule/RuleBuilder";
import { refusals, usePreview } from "../audience/rule/usePreview";
import styles from "./Tags.module.css";

const INTENTS: readonly Intent[] = ["fact", "judgement", "intent"];
const EVERYBODY: Rule = { kind: "all", rules: [] };

interface Fields {
  group: string;
  name: string;
  intent: Intent;
  note?: string;
}

/** A tag is made or changed; one that is put on by rule has the same builder as a segment. */
export function TagForm({ tag, groups, onClose }: { tag: Tag | null; groups: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [form] = Form.useForm<Fields>();
  const intent = Form.useWatch("intent", form) ?? tag?.intent ?? "judgement";
  const [byRule, setByRule] = useState(Boolean(tag?.rule));
  const [draft, setDraft] = useState<GroupDraft>(() => draftOf(tag?.rule ?? EVERYBODY));
  const [tried, setTried] = useState(false);
  const previewed = usePreview(draft, byRule);
  const save = useMutation({
    mutationFn: (fields: Fields) => {
      const said = { ...fields, group: fields.group.trim(), name: fields.name.trim(), note: fields.note?.trim() ?? "" };
      const rule = byRule ? { rule: previewed.rule } : {};
      if (!tag) return createTag({ ...said, ...rule });
      return changeTag(tag.tag, { ...said, ...rule, ...(tag.rule && !byRule ? { without_rule: true } : {}) });
    },
    onSuccess: (saved) => {
      void message.success(t(tag ? "labels.form.changed" : "labels.form.made", { name: saved.name }));
      void cache.invalidateQueries({ queryKey: ["audience"] });
      onClose();
    },
    onError: (error) => void showFieldErrors(form, error),
  });
  const submit = (): void => {
    setTried(true);
    if (byRule && (previewed.faults.size > 0 || draft.nodes.length === 0)) {
      void message.warning(t("labels.form.unfinished"));
      return;
    }
    form.submit();
  };
  const faults = tried ? previewed.faults : new Map([...previewed.faults].filter(([, fault]) => fault === "bounds" || fault === "window"));
  return (
    <Drawer open onClose={onClose} size={wide ? (byRule ? 1080 : 520) : "100%"} title={t(tag ? "labels.form.change" : "labels.form.new")} data-testid="tag-form"
      extra={<Button type="primary" loading={save.isPending} onClick={submit} data-testid="tag-save">{t(tag ? "labels.form.save" : "common.action.create")}</Button>}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={tag ?? { intent: "judgement" }} onFinish={(fields) => save.mutate(fields)}>
        <div className={styles.formRow}>
          <Form.Item name="group" label={t("labels.form.group")} rules={[{ required: true, whitespace: true, message: t("labels.form.needGroup") }]}>
            <AutoComplete autoFocus={tag === null} options={groups.map((value) => ({ value }))} placeholder={t("labels.form.groupHint")} data-testid="tag-form-group" />
          </Form.Item>
          <Form.Item name="name" label={t("labels.form.name")} rules={[{ required: true, whitespace: true, message: t("labels.form.needName") }]}>
            <Input maxLength={60} placeholder={t("labels.form.nameHint")} data-testid="tag-form-name" />
          </Form.Item>
        </div>
        <Form.Item name="intent" label={t("labels.form.intent")} extra={t(`labels.intentHint.${intent}`)}>
          <Segmented<Intent> options={INTENTS.map((each) => ({ value: each, label: t(`labels.intent.${each}`) }))} />
        </Form.Item>
        <Form.Item name="note" label={t("labels.form.note")}><Input maxLength={200} data-testid="tag-form-note" /></Form.Item>
        <Form.Item label={t("labels.form.how")} extra={t(`labels.byHint.${byRule ? "rule" : "hand"}`)}>
          <Segmented value={byRule ? "rule" : "hand"} onChange={(how) => setByRule(how === "rule")} options={(["hand", "rule"] as const).map((how) => ({ value: how, label: t(`labels.by.${how}`) }))} data-testid="tag-form-how" />
        </Form.Item>
      </Form>
      {save.error && <p role="alert" className={styles.refused}>{refusal(save.error)}</p>}
      {byRule && (
        <div className={styles.ruled}>
          <RuleBuilder draft={draft} faults={faults} refused={new Map([...previewed.refused, ...refusals(previewed, save.error)])} onChange={setDraft} />
          <LivePreview previewed={previewed} />
        </div>
      )}
    </Drawer>
  );
}
