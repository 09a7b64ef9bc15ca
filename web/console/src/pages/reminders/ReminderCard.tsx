import { CopyOutlined } from "@ant-design/icons";
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Reminder } from "@/api/reminders";
import { nameOf } from "@/api/types";
import { useFormats } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { Answers, StateTag } from "./Answers";
import styles from "./Reminders.module.css";

const NOTE_MAX = 2000;

export function useCopyScript(): (reminder: Reminder) => void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return ({ script }) => {
    // Without HTTPS a browser has no clipboard to write to.
    const written = navigator.clipboard?.writeText(script) ?? Promise.reject(new Error("no clipboard"));
    void written.then(() => message.success(t("reminders.copied")), () => message.warning(t("reminders.notCopied")));
  };
}

/** One reminder for a thumb: whom, why now, what to say, and three big answers. */
export function ReminderCard({ reminder, onAnswered }: { reminder: Reminder; onAnswered?: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const [note, setNote] = useState("");
  const copy = useCopyScript();
  const open = reminder.state === "due";
  return (
    <article className={styles.card} data-state={reminder.state} data-testid="reminder-card">
      <header>
        <span className={styles.letter} aria-hidden="true">{[...nameOf(reminder)][0]}</span>
        <div>
          <h3><Link to={`/people/${reminder.person}`} data-testid="reminder-person">{nameOf(reminder)}</Link></h3>
          <small>{[reminder.rule.name, reminder.order && t("reminders.order", { order: reminder.order })].filter(Boolean).join(" · ")}</small>
        </div>
        <span className={styles.marks}><StateTag reminder={reminder} /></span>
      </header>
      <p className={styles.why}>{reminder.why[language]}</p>
      <blockquote data-testid="reminder-script">{reminder.script}</blockquote>
      {open && <Button block icon={<CopyOutlined />} onClick={() => copy(reminder)} data-testid="reminder-copy">{t("reminders.copy")}</Button>}
      {open && <Input value={note} maxLength={NOTE_MAX} onChange={({ target }) => setNote(target.value)} placeholder={t("reminders.noteHint")} aria-label={t("reminders.note")} data-testid="reminder-note" />}
      {!open && reminder.note && <p className={styles.note}>{t("reminders.noted", { note: reminder.note })}</p>}
      <Answers reminder={reminder} large note={note} {...(onAnswered ? { onAnswered } : {})} />
      <footer>{[t("reminders.dueAt", { time: format.moment(reminder.due_at) }), reminder.staff?.name ?? t("reminders.nobody"), reminder.unit?.name].filter(Boolean).join(" · ")}</footer>
    </article>
  );
}
