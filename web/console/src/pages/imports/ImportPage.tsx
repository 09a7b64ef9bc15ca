import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Input, Popconfirm, Steps, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { checkImport, mapImport, previewImport, readImport, removeImport, runImport, undoImport } from "@/api/imports";
import type { Import, ImportMapping, ImportState } from "@/api/types";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import styles from "./Imports.module.css";
import { MapColumns } from "./MapColumns";
import { Counts, Rejects, Working } from "./Outcome";
import { Preview } from "./Preview";
import { bringing, complaintOf, isOpen, isWorking } from "./words";

const STEP: Record<ImportState, number> = { draft: 0, checking: 1, checked: 1, running: 2, done: 3, undoing: 3, undone: 3 };

/** One table, from its columns to its end: each step is where it was left. */
export function ImportPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const one = useQuery({
    queryKey: ["imports", id], queryFn: () => readImport(id),
    refetchInterval: ({ state }) => (state.data && isWorking(state.data.state) ? 700 : false),
  });
  if (one.error && !one.data) return <ProblemState error={one.error} onRetry={() => void one.refetch()} />;
  if (!one.data) return <LoadingState />;
  return (
    <PageLayout title={one.data.name} lead={<><Link to="/imports">{t("imports.back")}</Link> · {t(`imports.kind.${one.data.kind}`)} · {one.data.written}</>} actions={<Actions one={one.data} />}>
      <Panel>
        <Steps size="small" current={STEP[one.data.state]} items={(["map", "check", "run", "done"] as const).map((step) => ({ title: t(`imports.step.${step}`) }))} />
      </Panel>
      <Standing one={one.data} />
      {isOpen(one.data.state) && <Columns key={id} one={one.data} />}
      <Rejects one={one.data} />
    </PageLayout>
  );
}

/** Where it stands, once there is something to tell. */
function Standing({ one }: { one: Import }) {
  const { t } = useTranslation();
  if (one.state === "draft") return null;
  return (
    <Panel>
      <Working one={one} />
      {one.state === "done" && <Alert type="success" showIcon title={t("imports.done.title")} description={t("imports.done.detail")} data-testid="import-done" />}
      {one.state === "checked" && <Alert type="info" showIcon title={t("imports.done.checked")} />}
      {one.state === "undone" && <Alert type="warning" showIcon title={t("imports.done.undone")} data-testid="import-undone" />}
      <div style={{ marginTop: 16 }}><Counts one={one} /></div>
    </Panel>
  );
}

/** Columns and what the first rows become; a change is kept at once. */
function Columns({ one }: { one: Import }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const refusal = useRefusal();
  const [draft, setDraft] = useState<ImportMapping | null>(null);
  const mapping = draft ?? one.mapping;
  const complaint = complaintOf(one.kind, mapping);
  const preview = useQuery({ queryKey: ["imports", one.id, "preview", one.mapping], queryFn: () => previewImport(one.id), staleTime: 0 });
  const keep = useMutation({
    mutationFn: (next: ImportMapping) => mapImport(one.id, next),
    onSuccess: (kept) => { cache.setQueryData(["imports", one.id], kept); setDraft(null); },
  });
  const change = (next: ImportMapping): void => {
    setDraft(next);
    if (complaintOf(one.kind, next) === null && next.currency.length === 3) keep.mutate(next);
  };
  const rows = preview.data?.items ?? [];
  return (
    <>
      <Panel title={t("imports.map.title")} extra={keep.isPending ? <span className={styles.faint}>{t("imports.map.saving")}</span> : null}>
        {complaint && <Alert type="warning" showIcon style={{ marginBottom: 12 }} title={t(`imports.map.${complaint}`)} data-testid="map-complaint" />}
        {keep.error && <Alert type="error" showIcon style={{ marginBottom: 12 }} title={refusal(keep.error)} />}
        <MapColumns one={one} mapping={mapping} rows={rows} onChange={change} />
      </Panel>
      <Panel flush title={t("imports.preview.title")}>
        {preview.error && <ProblemState error={preview.error} onRetry={() => void preview.refetch()} />}
        {preview.isPending && <LoadingState rows={3} />}
        {rows.length > 0 && <Preview one={one} rows={rows} />}
      </Panel>
    </>
  );
}

/** What may be done next. */
function Actions({ one }: { one: Import }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const refusal = useRefusal();
  const [typed, setTyped] = useState("");
  const told = { onSuccess: (now: Import) => cache.setQueryData(["imports", one.id], now), onError: (error: unknown) => void message.error(refusal(error)) };
  const check = useMutation({ mutationFn: () => checkImport(one.id), ...told });
  const run = useMutation({ mutationFn: () => runImport(one.id), ...told });
  const undo = useMutation({ mutationFn: () => undoImport(one.id), ...told });
  const remove = useMutation({ mutationFn: () => removeImport(one.id), onSuccess: () => void navigate("/imports"), onError: told.onError });
  if (one.state === "draft" || one.state === "checked") {
    const ready = complaintOf(one.kind, one.mapping) === null;
    return (
      <>
        <Popconfirm title={t("imports.action.removeTitle")} okText={t("imports.action.remove")} cancelText={t("common.action.cancel")} onConfirm={() => remove.mutate()}>
          <Button data-testid="import-remove">{t("imports.action.remove")}</Button>
        </Popconfirm>
        <Button type={one.state === "draft" ? "primary" : "default"} disabled={!ready} loading={check.isPending} onClick={() => check.mutate()} data-testid="import-check">{t("imports.action.check")}</Button>
        <Popconfirm title={t("imports.action.runTitle", { name: one.name })} description={t("imports.action.runDetail", { count: bringing(one) })} okText={t("imports.action.run")}
          cancelText={t("common.action.cancel")} onConfirm={() => run.mutate()} disabled={!ready} okButtonProps={{ "data-testid": "import-run-yes" } as ButtonProps}>
          <Button type={one.state === "checked" ? "primary" : "default"} disabled={!ready} loading={run.isPending} data-testid="import-run">{t("imports.action.run")}</Button>
        </Popconfirm>
      </>
    );
  }
  if (one.state !== "done") return <Link to="/imports"><Button>{t("imports.action.again")}</Button></Link>;
  return (
    <>
      <Popconfirm title={t("imports.action.undoTitle", { name: one.name })} okText={t("imports.action.undo")} cancelText={t("common.action.cancel")} onConfirm={() => undo.mutate()}
        okButtonProps={{ danger: true, disabled: typed.trim() !== one.name, "data-testid": "import-undo-yes" } as ButtonProps}
        description={<div style={{ maxWidth: 320 }}><p>{t("imports.action.undoDetail")}</p><Input placeholder={one.name} aria-label={t("imports.action.undoConfirm")} value={typed} onChange={(event) => setTyped(event.target.value)} data-testid="import-undo-name" /><p className={styles.faint}>{t("imports.action.undoConfirm")}</p></div>}>
        <Button danger loading={undo.isPending} data-testid="import-undo">{t("imports.action.undo")}</Button>
      </Popconfirm>
      <Link to="/imports"><Button type="primary">{t("imports.action.again")}</Button></Link>
    </>
  );
}
