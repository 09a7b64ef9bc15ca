import { CheckOutlined, ClockCircleOutlined, StopOutlined } from "@ant-design/icons";
import { Button, Dropdown, Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { Reminder, ReminderState } from "@/api/reminders";
import { useAnswer } from "./useAnswer";
import styles from "./Reminders.module.css";

/** Days a reminder is put off by with one tap. */
export const LATER_DAYS = [1, 3, 7, 30] as const;

const COLOUR: Partial<Record<ReminderState, string>> = { due: "gold", done: "green", skipped: "default", overtaken: "cyan" };

export function StateTag({ reminder }: { reminder: Reminder }) {
  const { t } = useTranslation();
  return (
    <>
      <Tag variant="filled" color={COLOUR[reminder.state] ?? "default"} title={t(`reminders.stateHint.${reminder.state}`)} style={{ marginInlineEnd: 0 }} data-testid="reminder-state">{t(`reminders.state.${reminder.state}`)}</Tag>
      {reminder.state === "due" && reminder.late && <Tag variant="filled" color="red" title={t("reminders.lateHint")} style={{ marginInlineEnd: 0 }}>{t("reminders.late")}</Tag>}
      {reminder.state === "due" && reminder.put_off && <Tag variant="filled" style={{ marginInlineEnd: 0 }}>{t("reminders.wasPutOff")}</Tag>}
    </>
  );
}

/** Done, not wanted, or later: big for a thumb on a card, small in a table. */
export function Answers({ reminder, large = false, note = "", onAnswered }: { reminder: Reminder; large?: boolean; note?: string; onAnswered?: () => void }) {
  const { t } = useTranslation();
  const { answer, undo, busy } = useAnswer();
  const size = large ? "large" : "small";
  const put = (result: "done" | "skipped" | "later", days?: number): void =>
    answer.mutate({ reminder, result, note, ...(days ? { days } : {}) }, { onSuccess: () => onAnswered?.() });
  if (reminder.state !== "due") {
    if (reminder.state !== "done" && reminder.state !== "skipped") return null;
    return <Button size="small" type="link" disabled={busy} onClick={() => undo.mutate(reminder.id)} data-testid="reminder-undo">{t("reminders.undo")}</Button>;
  }
  const word = (text: string): string | null => (large ? text : null);
  return (
    <span className={large ? styles.answers : styles.small}>
      <Tooltip title={large ? "" : t("reminders.answer.done")}>
        <Button type="primary" size={size} icon={<CheckOutlined />} disabled={busy} onClick={() => put("done")} aria-label={t("reminders.answer.done")} data-testid="reminder-done">{word(t("reminders.answer.done"))}</Button>
      </Tooltip>
      <Tooltip title={large ? "" : t("reminders.answer.skipped")}>
        <Button size={size} icon={<StopOutlined />} disabled={busy} onClick={() => put("skipped")} aria-label={t("reminders.answer.skipped")} data-testid="reminder-skip">{word(t("reminders.answer.skipped"))}</Button>
      </Tooltip>
      <Dropdown trigger={["click"]} disabled={busy}
        menu={{ items: LATER_DAYS.map((days) => ({ key: String(days), label: <span data-testid={`later-${days}`}>{t("reminders.laterDays", { count: days })}</span> })), onClick: ({ key }) => put("later", Number(key)) }}>
        <Button size={size} icon={<ClockCircleOutlined />} disabled={busy} aria-label={t("reminders.answer.later")} title={large ? "" : t("reminders.answer.later")} data-testid="reminder-later">{word(t("reminders.answer.later"))}</Button>
      </Dropdown>
    </span>
  );
}
