import { ArrowLeftOutlined, CloudUploadOutlined, LinkOutlined, SaveOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Input, Popconfirm, Tag } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { addressOf, contentKeys, publishPage, readPage, readVersion, withdrawPage, writePage, type ContentPage, type PageDocument } from "@/api/content";
import { asProblem } from "@/api/problem";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { BlockList } from "./BlockList";
import { Phone } from "./Phone";
import styles from "./Content.module.css";

export function PageEditorPage() {
  const { page = "" } = useParams();
  const found = useQuery({ queryKey: contentKeys.page(page), queryFn: () => readPage(page), refetchOnWindowFocus: false });
  if (found.error) return <ProblemState error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <LoadingState />;
  return <Editor key={page} page={found.data} />;
}

/** The draft on the left, the phone on the right; customers see nothing of it before it is published. */
function Editor({ page }: { page: ContentPage }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const may = useMay();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const [draft, setDraft] = useState<PageDocument>(page.draft);
  const dirty = JSON.stringify(draft) !== JSON.stringify(page.draft);
  const mayChange = may("manage_campaigns");
  const keep = (saved: ContentPage): void => {
    cache.setQueryData(contentKeys.page(page.page), saved);
    void cache.invalidateQueries({ queryKey: ["content", "pages"] });
  };
  const save = useMutation({ mutationFn: () => writePage(page.page, page.revision, draft), onSuccess: keep });
  const publish = useMutation({
    mutationFn: async () => {
      const saved = dirty ? await writePage(page.page, page.revision, draft) : page;
      keep(saved);
      return publishPage(page.page, saved.revision);
    },
    onSuccess: (saved) => { keep(saved); void message.success(t("blocks.editor.published")); },
  });
  const withdraw = useMutation({ mutationFn: () => withdrawPage(page.page), onSuccess: keep });
  const failed = save.error ?? publish.error ?? withdraw.error;
  useUnsaved(dirty);
  const reload = async (): Promise<void> => {
    const now = await readPage(page.page);
    keep(now);
    setDraft(now.draft);
    save.reset(); publish.reset(); withdraw.reset();
  };
  const conflict = failed !== null && asProblem(failed).status === 409;
  return (
    <PageLayout
      title={<span className={styles.title}><Link to="/pages" aria-label={t("common.action.back")}><ArrowLeftOutlined /></Link>{page.title || t("blocks.untitled")}
        {page.published ? <Tag variant="filled" color="green">{t("blocks.state.version", { version: page.published })}</Tag> : <Tag variant="filled">{t("blocks.state.draft")}</Tag>}
        {page.published && page.differs && <Tag variant="filled" color="gold">{t("blocks.state.differs")}</Tag>}</span>}
      lead={page.published ? <a href={page.path} target="_blank" rel="noreferrer"><LinkOutlined /> {addressOf(page.path)}</a> : t("blocks.editor.unpublished")}
      actions={mayChange && <>
        {page.published && <Popconfirm title={t("blocks.editor.withdrawTitle")} description={t("blocks.editor.withdrawDetail")} onConfirm={() => withdraw.mutate()} okText={t("blocks.editor.withdraw")} cancelText={t("common.action.cancel")}><Button danger loading={withdraw.isPending} data-testid="page-withdraw">{t("blocks.editor.withdraw")}</Button></Popconfirm>}
        <Button icon={<SaveOutlined />} disabled={!dirty} loading={save.isPending} onClick={() => save.mutate()} data-testid="draft-save">{t("blocks.editor.save")}</Button>
        <Popconfirm title={t("blocks.editor.publishTitle", { title: draft.title })} description={t("blocks.editor.publishDetail")} onConfirm={() => publish.mutate()} okText={t("blocks.editor.publish")} cancelText={t("common.action.cancel")}>
          <Button type="primary" icon={<CloudUploadOutlined />} disabled={!dirty && !page.differs} loading={publish.isPending} data-testid="page-publish">{t("blocks.editor.publish")}</Button>
        </Popconfirm>
      </>}>
      {failed && <Alert type="error" showIcon title={conflict ? t("blocks.editor.conflict") : refusal(failed)} action={conflict && <Button size="small" onClick={() => void reload()}>{t("blocks.editor.reload")}</Button>} />}
      {!dirty && page.faults.length > 0 && <Alert type="warning" showIcon title={t("blocks.editor.faults")} description={<ul className={styles.faults}>{page.faults.map(({ field, message: said }) => <li key={field + said}><code>{field}</code> {said}</li>)}</ul>} />}
      <div className={styles.editor}>
        <div className={styles.column}>
          <Head draft={draft} onChange={setDraft} disabled={!mayChange} />
          <BlockList blocks={draft.blocks} onChange={(blocks) => setDraft({ ...draft, blocks })} disabled={!mayChange} />
          <History page={page} onTake={setDraft} mayTake={mayChange} />
        </div>
        <Phone document={draft} />
      </div>
    </PageLayout>
  );
}

/** Leaving with something unsaved is asked about by the browser. */
function useUnsaved(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);
}

function Head({ draft, onChange, disabled }: { draft: PageDocument; onChange: (draft: PageDocument) => void; disabled: boolean }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("blocks.editor.card")}>
      <div className={styles.fields}>
        <label>{t("blocks.form.title")}<Input disabled={disabled} value={draft.title} maxLength={60} onChange={({ target }) => onChange({ ...draft, title: target.value })} data-testid="draft-title" /></label>
        <label>{t("blocks.form.description")}<Input disabled={disabled} value={draft.description ?? ""} maxLength={200} onChange={({ target }) => onChange({ ...draft, description: target.value })} /></label>
        <label>{t("blocks.form.image")}<Input disabled={disabled} value={draft.image ?? ""} placeholder="https://" onChange={({ target }) => onChange({ ...draft, image: target.value || null })} /></label>
      </div>
    </Panel>
  );
}

function History({ page, onTake, mayTake }: { page: ContentPage; onTake: (draft: PageDocument) => void; mayTake: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { message } = App.useApp();
  if (page.history.length === 0) return null;
  const take = async (version: number): Promise<void> => {
    onTake(await readVersion(page.page, version));
    void message.info(t("blocks.editor.taken", { version }));
  };
  return (
    <Panel title={t("blocks.editor.history")}>
      <ul className={styles.history} data-testid="page-history">
        {page.history.map(({ version, title, published_at }) => (
          <li key={version}><b>{t("blocks.state.version", { version })}</b><span>{title}</span><small>{format.moment(published_at)}</small>
            {mayTake && <Button size="small" type="link" onClick={() => void take(version)}>{t("blocks.editor.take")}</Button>}</li>
        ))}
      </ul>
    </Panel>
  );
}
