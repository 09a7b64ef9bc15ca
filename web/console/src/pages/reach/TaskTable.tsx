import { DownloadOutlined, SearchOutlined } from "@ant-design/icons";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Input, Select, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { listStaff, listUnits } from "@/api/organisation";
import { changeTask, changeTasks, listTasks, tasksCsv, type TaskFilters } from "@/api/reach";
import type { ReachTask, ReachTasksChange } from "@/api/types";
import { useFormats } from "@/app/format";
import { useMay } from "@/app/permissions";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useRefusal } from "@/app/parts/refusal";
import { usePreferences } from "@/app/preferences";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { keys } from "@/app/queries";
import { StateTag } from "./StateTag";
import { TaskCard } from "./TaskCard";
import styles from "./Reach.module.css";

const PAGE = 50;
const STATES = ["open", "done", "refused", "failed", "expired"] as const;
const LATER_DAYS = 3;

/** The filters an address holds, as the API takes them. */
export function taskFilters(params: URLSearchParams): TaskFilters {
  const state = STATES.find((each) => each === params.get("state"));
  const text = (name: string): string => params.get(name)?.trim() ?? "";
  return {
    ...(state ? { state } : {}),
    ...(text("assignee") ? { assignee: text("assignee") } : {}),
    ...(text("unit") ? { unit: text("unit") } : {}),
    ...(text("target") ? { target: text("target") } : {}),
    ...(text("q") ? { q: text("q") } : {}),
  };
}

/** All tasks of the roots in scope: found, exported, handed on and put off. */
export function TaskTable() {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const language = usePreferences((state) => state.language);
  const format = useFormats();
  const [params] = useSearchParams();
  const [opened, setOpened] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string[]>([]);
  const filters = taskFilters(params);
  const list = useInfiniteQuery({
    queryKey: keys.tasks(filters),
    queryFn: ({ pageParam }) => listTasks(filters, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
    placeholderData: keepPreviousData,
  });
  const tasks = list.data?.pages.flatMap((page) => page.items);
  const filtered = Object.keys(filters).length > 0;
  const clear = (): void => patch({ state: null, assignee: null, unit: null, target: null, q: null });
  const columns: TableColumnsType<ReachTask> = [
    { key: "target", title: t("reach.task.target"), render: (_, task) => <Button type="link" className={styles.link ?? ""} onClick={() => setOpened(task.id)} data-testid="task-open">{task.hops[task.hops.length - 1]?.name[language]}</Button> },
    { key: "way", title: t("reach.task.route"), render: (_, task) => task.hops.map((hop) => hop.name[language]).join(" → ") },
    { key: "chance", title: t("reach.task.chance"), align: "right", render: (_, task) => format.share(task.chance, 1) },
    { key: "assignee", title: t("reach.task.assignee"), render: (_, task) => task.assignee.name },
    { key: "unit", title: t("reach.task.unit"), render: (_, task) => task.unit?.name ?? "" },
    { key: "due", title: t("reach.task.dueAt"), render: (_, task) => format.moment(task.due_at) },
    { key: "state", title: t("reach.task.state"), render: (_, task) => <StateTag state={task.state} /> },
  ];
  return (
    <>
      <Panel flush title={<Filters />}
        extra={
          <span className={styles.tools}>
            {tasks && <small data-testid="task-count">{t(list.hasNextPage ? "reach.task.countedAtLeast" : "reach.task.counted", { count: tasks.length })}</small>}
            <Button icon={<DownloadOutlined />} href={tasksCsv(filters)} download data-testid="task-csv">{t("reach.task.csv")}</Button>
          </span>
        }>
        {chosen.length > 0 && <BulkBar tasks={tasks?.filter((task) => chosen.includes(task.id)) ?? []} onDone={() => setChosen([])} />}
        {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && <LoadingState />}
        {tasks?.length === 0 && (filtered
          ? <EmptyState title={t("reach.task.noMatch")} action={<Button onClick={clear}>{t("reach.task.clear")}</Button>} />
          : <EmptyState title={t("reach.task.empty")} action={<Button type="primary" onClick={() => patch({ view: "plan" })}>{t("reach.task.emptyPlan")}</Button>} />)}
        {tasks && tasks.length > 0 && (
          <Table<ReachTask> rowKey="id" columns={columns} dataSource={tasks} pagination={false} scroll={{ x: "max-content" }}
            rowSelection={{ selectedRowKeys: chosen, onChange: (next) => setChosen(next.map(String)) }} data-testid="task-table" />
        )}
        {list.hasNextPage && <div className={styles.more}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("reach.task.more")}</Button></div>}
      </Panel>
      <OneTask task={tasks?.find((task) => task.id === opened) ?? null} onClose={() => setOpened(null)} />
    </>
  );
}

function Filters() {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const may = useMay();
  const [params] = useSearchParams();
  const staff = useQuery({ queryKey: keys.staff, queryFn: listStaff, enabled: may("read_organisation") });
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits, enabled: may("read_organisation") });
  return (
    <span className={styles.filters}>
      <Input.Search allowClear prefix={<SearchOutlined />} placeholder={t("reach.task.search")} defaultValue={params.get("q") ?? ""} onSearch={(q) => patch({ q: q || null })} data-testid="task-search" />
      <Select value={params.get("state")} placeholder={t("reach.task.anyState")} allowClear onChange={(state: string | null | undefined) => patch({ state: state ?? null })}
        options={STATES.map((state) => ({ value: state, label: t(`reach.state.${state}`) }))} data-testid="task-filter-state" />
      <Select value={params.get("assignee")} placeholder={t("reach.task.anyone")} allowClear showSearch optionFilterProp="label" onChange={(assignee: string | null | undefined) => patch({ assignee: assignee ?? null })}
        options={staff.data?.map((each) => ({ value: each.id, label: each.name })) ?? []} />
      <Select value={params.get("unit")} placeholder={t("reach.task.unit")} allowClear showSearch optionFilterProp="label" onChange={(unit: string | null | undefined) => patch({ unit: unit ?? null })}
        options={units.data?.map((each) => ({ value: each.id, label: each.name })) ?? []} />
    </span>
  );
}

/** The same change for every task that is ticked. */
function BulkBar({ tasks, onDone }: { tasks: ReachTask[]; onDone: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const queries = useQueryClient();
  const may = useMay();
  const staff = useQuery({ queryKey: keys.staff, queryFn: listStaff, enabled: may("read_organisation") });
  const change = useMutation({
    mutationFn: (body: Omit<ReachTasksChange, "tasks">) => changeTasks({ ...body, tasks: tasks.map((task) => task.id) }),
    onSuccess: (changed) => {
      void message.success(t("reach.task.changed", { count: changed.items.length }));
      onDone();
    },
    onError: (error) => void message.error(refusal(error)),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["tasks"] }),
  });
  return (
    <div className={styles.bulkBar} data-testid="task-bulk">
      <Button loading={change.isPending} onClick={() => change.mutate({ later_days: LATER_DAYS })} data-testid="task-later">{t("reach.task.extend", { count: tasks.length })}</Button>
      <Select placeholder={t("reach.task.reassign")} showSearch optionFilterProp="label" value={null} onChange={(assignee: string | null) => assignee && change.mutate({ assignee })}
        options={staff.data?.map((each) => ({ value: each.id, label: each.name })) ?? []} style={{ minWidth: 160 }} />
    </div>
  );
}

/** One task beside the list, with its script to change. */
function OneTask({ task, onClose }: { task: ReachTask | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const queries = useQueryClient();
  const language = usePreferences((state) => state.language);
  const [script, setScript] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (text: string) => changeTask(task?.id ?? "", language === "zh" ? { script_zh: text } : { script_en: text }),
    onSuccess: () => {
      setScript(null);
      void queries.invalidateQueries({ queryKey: ["tasks"] });
      void message.success(t("reach.task.saved"));
    },
    onError: (error) => void message.error(refusal(error)),
  });
  const close = (): void => {
    setScript(null);
    onClose();
  };
  return (
    <Drawer open={task !== null} onClose={close} size={440} title={t("reach.task.route")} data-testid="task-drawer">
      {task && <TaskCard task={task} />}
      {task?.follows && <p><small>{t("reach.task.follows")}</small></p>}
      {task && (task.state === "open" || task.state === "expired") && (
        <div className={styles.edit}>
          <Input.TextArea value={script ?? task.script[language]} onChange={(event) => setScript(event.target.value)} autoSize={{ minRows: 3, maxRows: 10 }} aria-label={t("reach.task.script")} />
          <Button disabled={script === null} loading={save.isPending} onClick={() => script !== null && save.mutate(script)}>{t("reach.task.save")}</Button>
        </div>
      )}
    </Drawer>
  );
}
