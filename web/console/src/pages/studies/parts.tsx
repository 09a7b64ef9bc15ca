import { DeleteOutlined, DownloadOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Popconfirm, Progress, Select, Table, Tooltip } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { listUnits } from "@/api/organisation";
import { studyCsv, type SeedsAnswer, type StudyView } from "@/api/studies";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import styles from "./Studies.module.css";
import type { useStudy } from "./useStudy";

type Study = ReturnType<typeof useStudy>;

/** What both pages share: the list of what was worked out before, and the chosen one with its progress. */
export function StudyPage(props: { title: string; lead: string; study: Study; form: ReactNode; answer: (view: StudyView) => ReactNode }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { chosen, choose, list, study, remove } = props.study;
  const view = study.data;
  const under = view?.state === "waiting" || view?.state === "running";
  return (
    <PageLayout title={props.title} lead={props.lead} actions={chosen && view ? (
      <>
        {view.state === "done" && <Button icon={<DownloadOutlined />} href={studyCsv(view.id)} download data-testid="study-csv">{t("studies.csv")}</Button>}
        <Popconfirm title={t("studies.removeAsk")} onConfirm={() => remove.mutate(view.id)}>
          <Button danger icon={<DeleteOutlined />} loading={remove.isPending} data-testid="study-remove">{t("studies.remove")}</Button>
        </Popconfirm>
      </>
    ) : null}>
      <div className={styles.grid}>
        <Panel title={t("studies.list")} extra={<Button size="small" icon={<PlusOutlined />} onClick={() => choose(null)} data-testid="study-new">{t("studies.newOne")}</Button>}>
          {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
          {list.isPending && <LoadingState rows={3} />}
          {list.data?.length === 0 && <p className={styles.faint}>{t("studies.listEmpty")}</p>}
          <ul className={styles.list} data-testid="study-list">
            {list.data?.map((row) => (
              <li key={row.id}>
                <button type="button" className={row.id === chosen ? styles.on : ""} aria-current={row.id === chosen} onClick={() => choose(row.id)}>
                  {row.name}
                  <small>{t(`studies.state.${row.state as "done"}`)} · {format.moment(row.created_at)}</small>
                </button>
              </li>
            ))}
          </ul>
        </Panel>
        <div className={styles.stack}>
          {remove.error ? <Alert type="error" showIcon title={remove.error.message} /> : null}
          {chosen === null && props.form}
          {chosen !== null && study.isPending && <LoadingState />}
          {chosen !== null && study.error && !view ? <ProblemState error={study.error} onRetry={() => void study.refetch()} /> : null}
          {chosen !== null && under && view && (
            <Panel title={view.name}>
              <Progress percent={Math.round(view.progress * 100)} status="active" aria-label={t(`studies.state.${view.state as "running"}`)} />
              <p className={styles.faint} role="status">{t(`studies.state.${view.state as "running"}`)} · {t("studies.leave")}</p>
            </Panel>
          )}
          {chosen !== null && view?.state === "interrupted" && <Alert type="warning" showIcon title={t("studies.interrupted")} />}
          {chosen !== null && view?.state === "failed" && <FailureNote view={view} />}
          {chosen !== null && view?.state === "done" && props.answer(view)}
        </div>
      </div>
    </PageLayout>
  );
}

function FailureNote({ view }: { view: StudyView }) {
  const words = useWords();
  return <Alert type="warning" showIcon title={view.failure ? words(view.failure) : view.name} />;
}

/** A sentence of the server in the console's language. */
export function useWords(): (told: { zh: string; en: string }) => string {
  const { i18n } = useTranslation();
  return (told) => (i18n.language === "zh" ? told.zh : told.en);
}

export function StoreSelect(props: { value?: string[]; onChange?: (value: string[]) => void; id?: string }) {
  const units = useQuery({ queryKey: ["units"], queryFn: listUnits });
  const options = units.data?.map((unit) => ({ value: unit.id, label: unit.name }));
  return (
    <Select mode="multiple" allowClear optionFilterProp="label" loading={units.isPending} options={options ?? []}
      {...(props.id ? { id: props.id } : {})} value={props.value ?? []} onChange={(value: string[]) => props.onChange?.(value)} />
  );
}

export function Numbers({ children }: { children: ReactNode }) {
  return <div className={styles.numbers}>{children}</div>;
}

export function Figure({ label, value, note }: { label: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div>
      <span>{label}</span>
      <b>{value}</b>
      {note && <span>{note}</span>}
    </div>
  );
}

/** How ties were read, and whether what was said happened. */
export function Calibration({ answers }: { answers: SeedsAnswer["answers"] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const factor = format.decimal(answers.factor, 2);
  return (
    <Panel title={t("studies.calibration.title")}>
      <p className={styles.faint} style={{ marginTop: 0 }}>
        {answers.campaigns > 0 ? t("studies.calibration.learnt", { count: answers.campaigns, factor }) : t("studies.calibration.believed", { factor })}
      </p>
      {answers.bins.length > 0 && (
        <Table size="small" pagination={false} rowKey="said" dataSource={answers.bins} columns={[
          { title: t("studies.calibration.said"), dataIndex: "said", align: "right", render: (said: number) => format.share(said, 1) },
          { title: t("studies.calibration.happened"), dataIndex: "happened", align: "right", render: (happened: number) => format.share(happened, 1) },
          { title: "", dataIndex: "ties", align: "right", render: (ties: number) => t("studies.calibration.ties", { count: ties }) },
        ]} />
      )}
    </Panel>
  );
}

export function Hint({ label, help }: { label: string; help: string }) {
  return <Tooltip title={help}><span style={{ borderBottom: "1px dotted currentcolor" }}>{label}</span></Tooltip>;
}
