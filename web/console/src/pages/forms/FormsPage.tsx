import { DownloadOutlined, PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { formsCsv, listForms, type Form, type FormState } from "@/api/forms";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { formKeys } from "./keys";
import styles from "./Forms.module.css";

/** Questionnaires and sign-up forms: each with how it stands and how many answered. */
export function FormsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const [search, setSearch] = useUrlState("q");
  const forms = useQuery({ queryKey: formKeys.all, queryFn: listForms });
  const all = forms.data?.items;
  const q = (search ?? "").trim().toLowerCase();
  const shown = all?.filter(({ asked }) => asked.title.toLowerCase().includes(q)) ?? [];
  const create = may("manage_segments") && <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate("/forms/new")} data-testid="form-create">{t("forms.create")}</Button>;
  const sample = may("manage_segments") && <><Button onClick={() => void navigate("/forms/new?sample=1")} data-testid="form-sample">{t("forms.empty.sample")}</Button> {create}</>;
  return (
    <PageLayout title={t("forms.title")} lead={t("forms.lead")}
      actions={<><Button icon={<DownloadOutlined />} href={formsCsv()} download data-testid="forms-csv">{t("forms.csv")}</Button>{create}</>}>
      {all && all.length > 0 && (
        <div className={styles.bar}>
          <Input allowClear className={styles.search ?? ""} prefix={<SearchOutlined />} value={search ?? ""} onChange={({ target }) => setSearch(target.value || null)} placeholder={t("forms.search")} aria-label={t("forms.search")} data-testid="form-search" />
          <span className={styles.faint} data-testid="forms-total">{t("forms.total", { count: shown.length })}</span>
        </div>
      )}
      {forms.error && !all ? <Panel><ProblemState error={forms.error} onRetry={() => void forms.refetch()} /></Panel> : null}
      {forms.isPending && <Panel><LoadingState /></Panel>}
      {all?.length === 0 && <Panel><EmptyState title={t("forms.empty.title")} detail={t("forms.empty.detail")} action={sample} /></Panel>}
      {all && all.length > 0 && shown.length === 0 && <Panel><EmptyState title={t("forms.noMatch")} /></Panel>}
      <ul className={styles.cards}>{shown.map((form) => <Card key={form.form} form={form} />)}</ul>
    </PageLayout>
  );
}

const COLOUR: Record<FormState, string> = { draft: "default", open: "green", closed: "red" };

export function StateTag({ state }: { state: FormState }) {
  const { t } = useTranslation();
  return <Tag variant="filled" color={COLOUR[state]} data-testid="form-state">{t(`forms.state.${state}`)}</Tag>;
}

function Card({ form }: { form: Form }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { places } = form.asked;
  return (
    <li>
      <Link to={`/forms/${form.form}`} data-testid="form-card">
        <span className={styles.cardHead}><b>{form.asked.title}</b><StateTag state={form.state} /></span>
        <strong>{format.count(form.answers)}<small>{places ? t("forms.ofPlaces", { count: places }) : t("forms.answers")}</small></strong>
        {places ? <i aria-hidden="true"><b style={{ width: `${Math.min(100, (100 * form.answers) / places)}%` }} /></i> : null}
        <small>{t("forms.questions", { count: form.asked.questions.length })} · {t("forms.changed", { time: format.day(form.changed_at) })}</small>
      </Link>
    </li>
  );
}
