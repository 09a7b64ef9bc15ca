import { CopyOutlined, DeleteOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Modal, Segmented, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { changeForm, createForm, deleteForm, readForm, type Asked, type Form, type FormState } from "@/api/forms";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { Builder } from "./Builder";
import { EMPTY } from "./draft";
import { StateTag } from "./FormsPage";
import { formKeys } from "./keys";
import { Results } from "./Results";
import styles from "./Forms.module.css";

/** One form: what it asks beside how it looks on a phone, and what was answered. */
export function FormPage() {
  const { form } = useParams();
  const [params] = useSearchParams();
  const sample = useSample();
  if (!form) return null;
  if (form === "new") return <Editing form={null} start={params.get("sample") ? sample : EMPTY} />;
  return <Known key={form} id={form} />;
}

/** The empty page's sample: something to open, try and throw away. */
function useSample(): Asked {
  const { t } = useTranslation();
  return {
    ...EMPTY,
    title: t("forms.sample.title"),
    intro: t("forms.sample.intro"),
    consent: t("forms.sample.consent"),
    thanks: t("forms.sample.thanks"),
    questions: [
      { key: "q1", label: t("forms.sample.name"), required: true, type: "name" },
      { key: "q2", label: t("forms.sample.phone"), required: false, type: "phone" },
      { key: "q3", label: t("forms.sample.taste"), required: true, type: "many", at_most: null, choices: (["novel", "history", "children"] as const).map((key) => ({ key, label: t(`forms.sample.${key}`) })) },
      { key: "q4", label: t("forms.sample.score"), required: false, type: "score", max: 5 },
    ],
  };
}

function Known({ id }: { id: string }) {
  const form = useQuery({ queryKey: formKeys.one(id), queryFn: () => readForm(id) });
  if (form.data) return <Editing key={form.data.version} form={form.data} start={form.data.asked} />;
  return <Panel>{form.error ? <ProblemState error={form.error} onRetry={() => void form.refetch()} /> : <LoadingState />}</Panel>;
}

function Editing({ form, start }: { form: Form | null; start: Asked }) {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const [view, setView] = useUrlState("view");
  const [asked, setAsked] = useState(start);
  const results = form !== null && view === "results";
  const save = useMutation({
    mutationFn: ({ state }: { state?: FormState }) => (form ? changeForm(form.form, { asked, ...(state ? { state } : {}) }) : createForm(asked)),
    onSuccess: (saved, { state }) => {
      cache.setQueryData(formKeys.one(saved.form), saved);
      void cache.invalidateQueries({ queryKey: formKeys.all });
      void message.success(t(state ? `forms.done.${state}` : "forms.done.saved"));
      if (!form) void navigate(`/forms/${saved.form}`, { replace: true });
    },
  });
  const link = form && `${window.location.origin}${form.path}`;
  return (
    <PageLayout title={<span className={styles.title}>{asked.title || t("forms.untitled")}{form && <StateTag state={form.state} />}</span>} lead={t("forms.editLead")}
      actions={<>
        {form && <Segmented value={results ? "results" : "questions"} onChange={(next) => setView(next === "results" ? "results" : null)} options={(["questions", "results"] as const).map((each) => ({ value: each, label: t(`forms.view.${each}`) }))} data-testid="form-view" />}
        {may("manage_segments") && !results && <Tools form={form} saving={save.isPending} onSave={(state) => save.mutate(state ? { state } : {})} />}
      </>}>
      {save.error && <Alert type="error" showIcon title={refusal(save.error)} data-testid="form-refused" />}
      {form?.state === "open" && link && (
        <Panel><p className={styles.link}><span>{t("forms.link")}</span><code>{link}</code>
          <Button size="small" icon={<CopyOutlined />} onClick={() => void navigator.clipboard.writeText(link).then(() => message.success(t("forms.copied")))} data-testid="form-copy">{t("forms.copy")}</Button></p></Panel>
      )}
      {results && form ? <Results form={form} /> : <Builder asked={asked} onChange={setAsked} readonly={!may("manage_segments")} />}
    </PageLayout>
  );
}

function Tools({ form, saving, onSave }: { form: Form | null; saving: boolean; onSave: (state?: FormState) => void }) {
  const { t } = useTranslation();
  const [removing, setRemoving] = useState(false);
  const next: FormState = form?.state === "open" ? "closed" : "open";
  return (
    <>
      {form && <Button danger type="text" icon={<DeleteOutlined />} aria-label={t("forms.remove.open")} onClick={() => setRemoving(true)} data-testid="form-delete" />}
      <Button type={form ? "default" : "primary"} loading={saving} onClick={() => onSave()} data-testid="form-save">{t("forms.save")}</Button>
      {form && <Button type="primary" loading={saving} onClick={() => onSave(next)} data-testid={`form-${next}`}>{t(`forms.to.${next}`)}</Button>}
      {form && <RemoveForm form={form} open={removing} onClose={() => setRemoving(false)} />}
    </>
  );
}

function RemoveForm({ form, open, onClose }: { form: Form; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteForm(form.form),
    onSuccess: () => {
      void message.success(t("forms.remove.done", { name: form.asked.title }));
      void cache.invalidateQueries({ queryKey: formKeys.all });
      void navigate("/forms", { replace: true });
    },
  });
  return (
    <Modal open={open} title={t("forms.remove.title", { name: form.asked.title })} onCancel={onClose} onOk={() => remove.mutate()} okText={t("forms.remove.open")} cancelText={t("common.action.cancel")} confirmLoading={remove.isPending}
      okButtonProps={{ danger: true, "data-testid": "form-delete-yes" } as ButtonProps} destroyOnHidden>
      <p>{t("forms.remove.lead", { count: form.answers })}</p>
      {remove.error && <p role="alert" className={styles.refused}>{refusal(remove.error)}</p>}
    </Modal>
  );
}
