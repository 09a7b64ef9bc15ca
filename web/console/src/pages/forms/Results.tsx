import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { answersCsv, listAnswers, readSummary, type Form, type FormAnswer, type FormSummary, type Question } from "@/api/forms";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { choicesOf } from "./draft";
import { formKeys } from "./keys";
import styles from "./Forms.module.css";

const SHOWN = 100;

/** What was answered: in bars, and one by one for those who may read everybody's facts. */
export function Results({ form }: { form: Form }) {
  const { t } = useTranslation();
  const may = useMay();
  const summary = useQuery({ queryKey: formKeys.summary(form.form), queryFn: () => readSummary(form.form) });
  if (!summary.data) return <Panel>{summary.error ? <ProblemState error={summary.error} onRetry={() => void summary.refetch()} /> : <LoadingState />}</Panel>;
  if (summary.data.answers === 0) return <Panel><EmptyState title={t("forms.results.empty")} detail={t("forms.results.emptyDetail")} /></Panel>;
  return (
    <>
      <div className={styles.results} data-testid="form-summary">
        {summary.data.questions.map((question) => <Bars key={question.key} question={question} />)}
      </div>
      {may("read_facts") && <Answers form={form} />}
    </>
  );
}

function Bars({ question }: { question: FormSummary["questions"][number] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const most = Math.max(1, ...question.counts.map(({ count }) => count));
  return (
    <Panel title={question.label}>
      <p className={styles.faint}>{t("forms.results.answered", { count: question.answered })}{question.mean == null ? "" : ` · ${t("forms.results.mean", { mean: question.mean.toFixed(1) })}`}</p>
      <ul className={styles.bars}>
        {question.counts.map(({ key, label, count }) => (
          <li key={key}><span>{label}</span><i aria-hidden="true"><b style={{ width: `${(100 * count) / most}%` }} /></i><strong>{format.count(count)}</strong></li>
        ))}
      </ul>
    </Panel>
  );
}

function Answers({ form }: { form: Form }) {
  const { t } = useTranslation();
  const format = useFormats();
  const answers = useQuery({ queryKey: formKeys.answers(form.form, SHOWN), queryFn: () => listAnswers(form.form, SHOWN) });
  const columns: TableColumnsType<FormAnswer> = [
    { title: t("forms.results.who"), key: "who", fixed: "left", render: (_, { subject }) => <Link to={`/people?q=${encodeURIComponent(subject.slice(subject.indexOf(":") + 1))}`}>{shortened(subject)}</Link> },
    ...form.asked.questions.map((question) => ({ title: question.label, key: question.key, render: (_: unknown, { answers: given }: FormAnswer) => said(question, given[question.key]) })),
    { title: t("forms.results.at"), key: "at", render: (_, { at }) => format.moment(at) },
  ];
  return (
    <Panel flush title={t("forms.results.each")} extra={<Button icon={<DownloadOutlined />} href={answersCsv(form.form)} download data-testid="answers-csv">{t("forms.csv")}</Button>}>
      {answers.error && !answers.data ? <ProblemState error={answers.error} onRetry={() => void answers.refetch()} /> : null}
      {answers.isPending && <LoadingState />}
      {answers.data && <Table<FormAnswer> rowKey="subject" columns={columns} dataSource={answers.data.items} pagination={false} scroll={{ x: "max-content" }} data-testid="answer-table" />}
      {answers.data?.next && <p className={styles.more}>{t("forms.results.more", { count: SHOWN })}</p>}
    </Panel>
  );
}

const shortened = (subject: string): string => (subject.length > 24 ? `${subject.slice(0, 24)}…` : subject);

/** An answer in the words of the form as it is now. */
export function said(question: Question, answer: FormAnswer["answers"][string] | undefined): string {
  if (answer === undefined) return "";
  const word = (key: string): string => choicesOf(question).find((choice) => choice.key === key)?.label ?? key;
  return Array.isArray(answer) ? answer.map(word).join("；") : typeof answer === "number" ? String(answer) : word(answer);
}
