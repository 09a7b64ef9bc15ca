import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { answerReminder, undoReminder, type Reminder, type ReminderResult } from "@/api/reminders";
import { nameOf } from "@/api/types";
import { useFormats } from "@/app/format";
import { useRefusal } from "@/app/parts/refusal";
import { reminderKeys } from "./keys";

export interface Answer {
  reminder: Reminder;
  result: ReminderResult;
  note?: string;
  /** Days it is put off by, with `later`. */
  days?: number;
}

const DAY_MS = 86_400_000;
const SHOWN_SECS = 6;

/** One tap answers a reminder; what was tapped by mistake is taken back in the message. */
export function useAnswer() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const format = useFormats();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const again = (): void => void cache.invalidateQueries({ queryKey: reminderKeys.all });
  const refused = (error: unknown): void => void message.error(refusal(error));
  const undo = useMutation({
    mutationFn: (reminder: string) => undoReminder(reminder),
    onSuccess: () => void message.success(t("reminders.undone")),
    onError: refused,
    onSettled: again,
  });
  const answer = useMutation({
    mutationFn: ({ reminder, result, note, days }: Answer) =>
      answerReminder(reminder.id, { result, ...(note?.trim() ? { note: note.trim() } : {}), ...(days ? { until: new Date(Date.now() + days * DAY_MS).toISOString() } : {}) }),
    onSuccess: (after, { result }) => {
      const key = `reminder-${after.id}`;
      const said = result === "later" ? t("reminders.putOff", { name: nameOf(after), time: format.moment(after.due_at) }) : t(`reminders.answered.${result}`, { name: nameOf(after) });
      const back = result === "later" ? null : (
        <Button size="small" type="link" onClick={() => { message.destroy(key); undo.mutate(after.id); }} data-testid="reminder-undo-now">{t("reminders.undo")}</Button>
      );
      void message.open({ type: "success", key, duration: SHOWN_SECS, content: <>{said}{back}</> });
    },
    onError: refused,
    onSettled: again,
  });
  return { answer, undo, busy: answer.isPending || undo.isPending };
}
