import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { createElement } from "react";
import { useTranslation } from "react-i18next";
import { answerTask, undoAnswer, type Result } from "@/api/reach";
import type { ReachTask } from "@/api/types";
import { useRefusal } from "@/app/parts/refusal";
import { usePreferences } from "@/app/preferences";

const UNDO_SECS = 8;

/** Answering a task in one tap, with a way back for some seconds. */
export function useAnswer() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const queries = useQueryClient();
  const language = usePreferences((state) => state.language);
  const again = (): void => {
    void queries.invalidateQueries({ queryKey: ["tasks"] });
    void queries.invalidateQueries({ queryKey: ["routes"] });
  };
  const refused = (error: unknown): void => void message.error(refusal(error));
  const undo = useMutation({
    mutationFn: (task: string) => undoAnswer(task),
    onSuccess: () => {
      again();
      void message.success(t("reach.task.undone"));
    },
    onError: refused,
  });
  const answer = useMutation({
    mutationFn: (asked: { task: ReachTask; result: Result; by?: string | null }) => answerTask(asked.task.id, asked.result, asked.by ?? null),
    onSuccess: ({ task, next }, { result }) => {
      again();
      const key = `reach-${task.id}`;
      const goes = result !== "refused" ? "" : next ? ` · ${t("reach.task.next", { name: next.hops[1]?.name[language] ?? "" })}` : ` · ${t("reach.task.nextNone")}`;
      const back = createElement("button", {
        type: "button",
        "data-testid": "task-undo",
        style: { marginLeft: 12, border: 0, background: "none", color: "var(--accent)", cursor: "pointer", font: "inherit", padding: 8 },
        onClick: () => {
          message.destroy(key);
          undo.mutate(task.id);
        },
      }, t("reach.task.undo"));
      void message.open({ key, type: "success", duration: UNDO_SECS, content: createElement("span", null, t(`reach.task.answered.${result}`) + goes, back) });
    },
    onError: refused,
  });
  return { answer, undo };
}
