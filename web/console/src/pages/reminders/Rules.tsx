import { DeleteOutlined, DownloadOutlined, EditOutlined, SearchOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal, Switch, Tag, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { changeReminderRule, deleteReminderRule, listReminderRules, reminderRulesCsv, type ReminderRule } from "@/api/reminders";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl, useUrlState } from "@/app/parts/useUrlState";
import { reminderKeys } from "./keys";
import { Samples } from "./samples";
import { termsWords } from "./words";
import styles from "./Reminders.module.css";

const COUNTING_MS = 1_000;

/** The rules in plain words, with what became of them. */
export function Rules({ onBegin }: { onBegin: (sample: string) => void }) {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const [search, setSearch] = useUrlState("q");
  const [removing, setRemoving] = useState<ReminderRule | null>(null);
  const list = useQuery({ queryKey: reminderKeys.rules, queryFn: listReminderRules, refetchInterval: ({ state }) => (state.data?.items.some(({ ready }) => !ready) ? COUNTING_MS : false) });
  const all = list.data?.items;
  const q = (search ?? "").trim().toLowerCase();
  const shown = all?.filter((rule) => q === "" || [rule.name, rule.script, termsWords(t, rule.terms, rule.at)].some((text) => text.toLowerCase().includes(q)));
  if (list.error && !all) return <Panel><ProblemState error={list.error} onRetry={() => void list.refetch()} /></Panel>;
  if (!all || !shown) return <Panel><LoadingState /></Panel>;
  if (all.length === 0) return <Panel><EmptyState title={t("reminders.empty.noRules")} detail={t("reminders.empty.noRulesDetail")} action={<Samples onBegin={onBegin} />} /></Panel>;
  return (
    <>
      <div className={styles.bar}>
        <Input allowClear className={styles.search ?? ""} prefix={<SearchOutlined />} value={search ?? ""} onChange={({ target }) => setSearch(target.value || null)} placeholder={t("reminders.rule.search")} aria-label={t("reminders.rule.search")} data-testid="rule-search" />
        <span className={styles.tools}>
          <span className={styles.total} data-testid="rule-total">{t("reminders.rule.total", { count: shown.length })}</span>
          <Button icon={<DownloadOutlined />} href={reminderRulesCsv} download data-testid="rules-csv">{t("reminders.csv")}</Button>
        </span>
      </div>
      {shown.length === 0 && <Panel><EmptyState title={t("reminders.rule.noMatch")} action={<Button onClick={() => setSearch(null)}>{t("reminders.clear")}</Button>} /></Panel>}
      <div className={styles.rules}>
        {shown.map((rule) => <Rule key={rule.id} rule={rule} onEdit={() => patch({ edit: rule.id, new: null })} onRemove={() => setRemoving(rule)} />)}
      </div>
      {removing && <Remove rule={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function Rule({ rule, onEdit, onRemove }: { rule: ReminderRule; onEdit: () => void; onRemove: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const turn = useMutation({
    mutationFn: (on: boolean) => changeReminderRule(rule.id, { on }),
    onSuccess: (after) => void message.success(t(after.on ? "reminders.rule.turnedOn" : "reminders.rule.turnedOff", { name: after.name })),
    onError: (error) => void message.error(refusal(error)),
    onSettled: () => void cache.invalidateQueries({ queryKey: reminderKeys.all }),
  });
  const counts = (["waiting", "due", "done", "skipped", "overtaken", "missed"] as const).filter((state) => state === "waiting" || state === "due" || rule.counts[state] > 0);
  return (
    <article className={styles.rule} data-on={rule.on} data-testid="rule-card">
      <header>
        <h3>{rule.name}</h3>
        <Tag variant="filled" style={{ marginInlineEnd: 0 }}>{t(`reminders.kind.${rule.terms.kind}`)}</Tag>
        {!rule.ready && <Tag variant="filled" color="processing" title={t("reminders.rule.countingHint")} style={{ marginInlineEnd: 0 }} data-testid="rule-counting">{t("reminders.rule.counting")}</Tag>}
        <Switch size="small" checked={rule.on} loading={turn.isPending} onChange={(on) => turn.mutate(on)} aria-label={t("reminders.rule.onOff", { name: rule.name })} data-testid="rule-switch" />
      </header>
      <p data-testid="rule-words">{termsWords(t, rule.terms, rule.at)}</p>
      <blockquote>{rule.script}</blockquote>
      <ul>
        {counts.map((state) => {
          const told = state === "due" || state === "done" || state === "skipped" || state === "overtaken";
          const said = <><strong>{format.count(rule.counts[state])}</strong> {t(`reminders.state.${state}`)}</>;
          return <li key={state} title={t(`reminders.stateHint.${state}`)} data-testid={`rule-${state}`}>{told ? <Link to={`/reminders?rule=${rule.id}${state === "due" ? "" : `&state=${state}`}`}>{said}</Link> : said}</li>;
        })}
      </ul>
      <footer>
        <small>{[t("reminders.rule.quiet", { from: rule.quiet_from, to: rule.quiet_to }), rule.units?.map(({ name }) => name).join(t("reminders.words.and"))].filter(Boolean).join(" · ")}</small>
        <span className={styles.small}>
          <Button size="small" icon={<EditOutlined />} onClick={onEdit} data-testid="rule-edit">{t("reminders.rule.edit")}</Button>
          <Button size="small" type="text" danger icon={<DeleteOutlined />} onClick={onRemove} aria-label={t("reminders.rule.remove", { name: rule.name })} data-testid="rule-remove" />
        </span>
      </footer>
    </article>
  );
}

/** What waits and what nobody has answered goes with the rule, so it is asked first. */
function Remove({ rule, onClose }: { rule: ReminderRule; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteReminderRule(rule.id),
    onSuccess: () => {
      void message.success(t("reminders.rule.removed", { name: rule.name }));
      onClose();
    },
    onError: (error) => void message.error(refusal(error)),
    onSettled: () => void cache.invalidateQueries({ queryKey: reminderKeys.all }),
  });
  return (
    <Modal open title={t("reminders.rule.remove", { name: rule.name })} okText={t("reminders.rule.removeYes")} cancelText={t("common.action.cancel")} confirmLoading={remove.isPending} onOk={() => remove.mutate()} onCancel={onClose}
      okButtonProps={{ danger: true, "data-testid": "rule-remove-yes" } as ButtonProps}>
      <p>{t("reminders.rule.removeDetail", { waiting: rule.counts.waiting, due: rule.counts.due })}</p>
    </Modal>
  );
}
