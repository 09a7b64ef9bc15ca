import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Input, Modal, Radio, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { makeDecision, previewDecision, type ConflictAnswer, type ConflictRow, type DecisionAsked } from "@/api/identity";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useRefusal } from "@/app/parts/refusal";
import { keys } from "@/app/queries";
import styles from "./Identity.module.css";
import { Preview } from "./Preview";

const REASON_MAX = 300;
/** The server answers with 202: the decision is carried out a moment later. */
const SOON_MS = 900;
/** Decisions change these. */
const CHANGED = ["conflicts", "decisions", "identities", "personDetail", "person", "people", "timeline", "kocs", "cascade"];
const ANSWERS: ConflictAnswer[] = ["merge", "apart", "move"];

/** What is to be decided: one way, or several to choose from. */
export interface Deciding {
  kind: "conflict" | "merge" | "split" | "evidence" | "takeBack";
  ways: { answer?: ConflictAnswer; decide: DecisionAsked }[];
  /** Has to be typed first: what cannot be overlooked. */
  name?: string;
}

export const ofConflict = (conflict: ConflictRow): Deciding => ({
  kind: "conflict",
  // Who has this one id only has nothing to give away.
  ways: ANSWERS.filter((answer) => answer !== "move" || conflict.one.ids > 1).map((answer) => ({ answer, decide: { what: "conflict", conflict: conflict.id, answer } })),
});

/** Shows what a decision would do, takes the reason, and decides. */
export function Decide({ asked, onClose, onDone }: { asked: Deciding | null; onClose: () => void; onDone?: () => void }) {
  return asked && <Asking key={JSON.stringify(asked)} asked={asked} onClose={onClose} {...(onDone ? { onDone } : {})} />;
}

function Asking({ asked, onClose, onDone }: { asked: Deciding; onClose: () => void; onDone?: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const [way, setWay] = useState(0);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [key] = useState(() => crypto.randomUUID());
  const chosen = asked.ways[way] ?? asked.ways[0];
  const preview = useQuery({
    queryKey: keys.decisionPreview(chosen?.decide),
    queryFn: () => previewDecision(chosen!.decide),
    enabled: chosen !== undefined,
    staleTime: 0,
    retry: false,
  });
  const decide = useMutation({
    mutationFn: () => makeDecision(chosen!.decide, reason.trim(), `${key}-${way}`),
    onSuccess: () => {
      void message.success(t("identity.done"));
      onClose();
      onDone?.();
      const fresh = (): void => CHANGED.forEach((name) => void queries.invalidateQueries({ queryKey: [name] }));
      fresh();
      window.setTimeout(fresh, SOON_MS);
    },
  });
  const ready = reason.trim() !== "" && (!asked.name || typed.trim() === asked.name) && preview.data !== undefined;
  const button = { disabled: !ready, danger: asked.kind !== "conflict", "data-testid": "decide-yes" } as ButtonProps;
  return (
    <Modal open width={880} title={t(`identity.ask.${asked.kind}`)} onCancel={onClose} onOk={() => decide.mutate()} okText={t("identity.confirm")} cancelText={t("common.action.cancel")}
      okButtonProps={button} confirmLoading={decide.isPending} zIndex={1200} destroyOnHidden>
      <div className={styles.deciding} data-testid="deciding">
        {asked.ways.length > 1 && (
          <Radio.Group vertical value={way} onChange={({ target }) => setWay(target.value as number)}
            options={asked.ways.map(({ answer }, value) => ({ value, label: answer && <span className={styles.way} data-testid={`answer-${answer}`}>{t(`identity.answer.${answer}`)}<small>{t(`identity.answerNote.${answer}`)}</small></span> }))} />
        )}
        {preview.isPending && <LoadingState rows={5} />}
        {preview.error && <ProblemState error={preview.error} onRetry={() => void preview.refetch()} />}
        {preview.data && <Preview preview={preview.data} />}
        <Input.TextArea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={REASON_MAX} placeholder={t("identity.reason")} aria-label={t("identity.reason")} autoSize={{ minRows: 2, maxRows: 5 }} data-testid="decide-reason" />
        {asked.name && (
          <Input value={typed} onChange={(event) => setTyped(event.target.value)} placeholder={t("identity.typeName", { name: asked.name })} aria-label={t("identity.typeName", { name: asked.name })} data-testid="decide-name" />
        )}
        {decide.error && <Alert type="error" showIcon title={refusal(decide.error)} role="alert" />}
      </div>
    </Modal>
  );
}
