import { CopyOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { listReminders } from "@/api/reminders";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { usePreferences } from "@/app/preferences";
import { Answers } from "../reminders/Answers";
import { reminderKeys } from "../reminders/keys";
import { useCopyScript } from "../reminders/ReminderCard";
import styles from "../reminders/Reminders.module.css";

const SHOWN = 5;

/** What is to be done about this person, if anything: nothing is said where there is nothing to do. */
export function OpenReminders({ person }: { person: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const copy = useCopyScript();
  const open = useQuery({ queryKey: reminderKeys.ofPerson(person), queryFn: () => listReminders({ person, state: "due" }, null, SHOWN) });
  if (!open.data || open.data.items.length === 0) return null;
  return (
    <Panel title={t("reminders.person.title")} extra={<Link to={`/reminders?state=all&person=${person}`}>{t("reminders.person.all")}</Link>}>
      <ul className={styles.open} data-testid="person-reminders">
        {open.data.items.map((one) => (
          <li key={one.id}>
            <header>
              <p>{one.why[language]}</p>
              <span className={styles.small}>
                <Button size="small" icon={<CopyOutlined />} onClick={() => copy(one)} aria-label={t("reminders.copy")} title={t("reminders.copy")} />
                <Answers reminder={one} />
              </span>
            </header>
            <blockquote>{one.script}</blockquote>
            <small>{[one.rule.name, t("reminders.dueAt", { time: format.moment(one.due_at) }), one.staff?.name].filter(Boolean).join(" · ")}</small>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
