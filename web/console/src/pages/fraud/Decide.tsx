import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal, Space, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { decideRings, type Verdict } from "@/api/fraud";
import { asProblem } from "@/api/problem";

const WHY_MAX = 500;
/** Decisions change these: the queue, and every number that leaves people out. */
const CHANGED = ["rings", "ring", "kocs", "cascade", "person"];

/** Says what a decision does, takes the reason, and offers to take it back. */
export function Decide(props: { asked: { rings: string[]; verdict: Verdict } | null; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [why, setWhy] = useState("");
  const { asked, onClose, onDone } = props;
  const fresh = (): void => CHANGED.forEach((key) => void queries.invalidateQueries({ queryKey: [key] }));
  const refused = (error: unknown): void => void message.error(asProblem(error).detail ?? asProblem(error).title);
  const undo = useMutation({
    mutationFn: (rings: string[]) => decideRings(rings, "open", null),
    onSuccess: () => { fresh(); void message.success(t("fraud.done.open")); },
    onError: refused,
  });
  const decide = useMutation({
    mutationFn: ({ rings, verdict }: { rings: string[]; verdict: Verdict }) => decideRings(rings, verdict, why.trim() || null),
    onSuccess: (_, { rings, verdict }) => {
      fresh();
      setWhy("");
      onClose();
      onDone();
      const takeBack = verdict !== "open" && <Button type="link" size="small" onClick={() => undo.mutate(rings)} data-testid="ring-undo">{t("fraud.undo")}</Button>;
      void message.success({ content: <Space size={4}>{t(`fraud.done.${verdict}`)}{takeBack}</Space>, duration: 6 });
    },
    onError: refused,
  });
  const verdict = asked?.verdict ?? "open";
  const button = { danger: verdict === "confirmed", "data-testid": "ring-decide-yes" } as ButtonProps;
  return (
    <Modal open={asked !== null} title={t(`fraud.ask.${verdict}`, { count: asked?.rings.length ?? 0 })} onCancel={onClose} onOk={() => asked && decide.mutate(asked)}
      okText={t(`fraud.action.${verdict}`)} cancelText={t("common.action.cancel")} okButtonProps={button} confirmLoading={decide.isPending} zIndex={1200} destroyOnHidden>
      <p>{t(`fraud.consequence.${verdict}`)}</p>
      <Input.TextArea value={why} onChange={(event) => setWhy(event.target.value)} maxLength={WHY_MAX} placeholder={t("fraud.whyField")} aria-label={t("fraud.whyField")} autoSize={{ minRows: 2, maxRows: 6 }} data-testid="ring-why" />
    </Modal>
  );
}
