import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { listTasks } from "@/api/reach";
import type { ReachTask } from "@/api/types";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { keys } from "@/app/queries";
import { TaskCard } from "./TaskCard";
import styles from "./Reach.module.css";

/** How many are shown of each: what is to be done goes before what was. */
const SHOWN = { open: 100, expired: 50, done: 20, refused: 20, failed: 20 } as const;
type State = keyof typeof SHOWN;

/** One's own tasks, state by state: a long past does not push out what is open. */
async function listMine(): Promise<ReachTask[]> {
  const states = Object.keys(SHOWN) as State[];
  const pages = await Promise.all(states.map((state) => listTasks({ assignee: "me", state }, null, SHOWN[state])));
  return pages.flatMap((page, at) => page.items.filter((task) => task.state === states[at]));
}

/** What is mine to do: what is due first on top, then what is late, then what was answered. */
export function MyTasks() {
  const { t } = useTranslation();
  const mine = useQuery({ queryKey: keys.tasks({ assignee: "me" }), queryFn: listMine, refetchInterval: 30_000 });
  if (mine.error && !mine.data) return <ProblemState error={mine.error} onRetry={() => void mine.refetch()} />;
  if (!mine.data) return <LoadingState rows={8} />;
  const of = (...states: State[]) => mine.data.filter((task) => (states as string[]).includes(task.state));
  const [open, late] = [of("open"), of("expired")];
  const closed = of("done", "refused", "failed").sort((a, b) => (b.closed_at ?? "").localeCompare(a.closed_at ?? ""));
  return (
    <div className={styles.mine} data-testid="my-tasks">
      {open.length === 0 && late.length === 0 && <EmptyState title={t("reach.task.empty")} detail={t("reach.task.emptyDetail")} />}
      {open.map((task) => <TaskCard key={task.id} task={task} />)}
      {late.length > 0 && <h2>{t("reach.task.late")}</h2>}
      {late.map((task) => <TaskCard key={task.id} task={task} />)}
      {closed.length > 0 && <h2>{t("reach.task.closedToday")}</h2>}
      {closed.map((task) => <TaskCard key={task.id} task={task} />)}
    </div>
  );
}
