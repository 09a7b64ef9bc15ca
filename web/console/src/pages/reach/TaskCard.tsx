import { CheckOutlined, CopyOutlined, QuestionOutlined, StopOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ReachTask } from "@/api/types";
import { useFormats } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { StateTag } from "./StateTag";
import { useAnswer } from "./useAnswer";
import styles from "./Reach.module.css";

/** One task for a thumb: whom, through whom, what to say, and three big answers. */
export function TaskCard({ task }: { task: ReachTask }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { message } = App.useApp();
  const { answer, undo } = useAnswer();
  const language = usePreferences((state) => state.language);
  const open = task.state === "open" || task.state === "expired";
  const target = task.hops[task.hops.length - 1];
  const asked = task.hops.slice(1).filter((hop) => hop.person);
  const copy = (): void => {
    void navigator.clipboard.writeText(task.script[language]).then(() => message.success(t("reach.task.copied")));
  };
  const busy = answer.isPending || undo.isPending;
  return (
    <article className={styles.task} data-state={task.state} data-testid="task-card">
      <header>
        <span className={styles.letter} aria-hidden="true">{[...(target?.name[language] ?? "?")][0]}</span>
        <div>
          <h3>{t("reach.task.to")} {target?.person ? <Link to={`/people/${target.person}`}>{target.name[language]}</Link> : target?.name[language]}</h3>
          <small>{t("reach.task.due", { time: format.moment(task.due_at) })}</small>
        </div>
        {!open || task.state === "expired" ? <StateTag state={task.state} /> : <b>{format.share(task.chance, 1)}</b>}
      </header>
      <ol className={styles.way}>
        {task.hops.map((hop, at) => (
          <li key={hop.person ?? at} data-refused={hop.refused}>
            <strong>{hop.name[language]}</strong>
            {hop.evidence && <small>{hop.evidence[language]}</small>}
          </li>
        ))}
      </ol>
      {task.recognised && <Tag color="green" variant="filled">{t("reach.task.recognised")}</Tag>}
      {open && (
        <>
          <blockquote>{task.script[language]}</blockquote>
          <Button block icon={<CopyOutlined />} onClick={copy} data-testid="task-copy">{t("reach.task.copy")}</Button>
          <div className={styles.answers}>
            <Button type="primary" size="large" icon={<CheckOutlined />} disabled={busy} onClick={() => answer.mutate({ task, result: "done" })} data-testid="task-done">{t("reach.task.done")}</Button>
            <Refused task={task} asked={asked} busy={busy} onRefused={(by) => answer.mutate({ task, result: "refused", by })} />
            <Button size="large" icon={<QuestionOutlined />} disabled={busy} onClick={() => answer.mutate({ task, result: "failed" })} data-testid="task-failed">{t("reach.task.failed")}</Button>
          </div>
        </>
      )}
      {!open && !task.recognised && <Button size="small" type="link" disabled={busy} onClick={() => undo.mutate(task.id)}>{t("reach.task.undo")}</Button>}
    </article>
  );
}

/** With one person to ask a tap is enough; with several, who it was. */
function Refused(props: { task: ReachTask; asked: ReachTask["hops"]; busy: boolean; onRefused: (by: string | null) => void }) {
  const { t } = useTranslation();
  const language = usePreferences((state) => state.language);
  const button = (onClick?: () => void) => (
    <Button size="large" icon={<StopOutlined />} disabled={props.busy} {...(onClick ? { onClick } : {})} data-testid="task-refused">{t("reach.task.refused")}</Button>
  );
  if (props.asked.length <= 1) return button(() => props.onRefused(props.asked[0]?.person ?? null));
  const items = props.asked.map((hop) => ({ key: hop.person ?? "", label: t("reach.task.whoFirst", { name: hop.name[language] }) }));
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => props.onRefused(key) }}>
      {button()}
    </Dropdown>
  );
}
