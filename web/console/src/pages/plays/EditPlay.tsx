import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { checkPlay, createPlay, updatePlay, type Declaration, type Play, type PlayKind } from "@/api/plays";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { GuardPanel } from "./GuardPanel";
import { LaunchPlay } from "./LaunchPlay";
import { playKeys } from "./keys";
import { PlayForm } from "./PlayForm";
import { KINDS, settled, template } from "./templates";
import styles from "./Plays.module.css";

/** A new play: first which kind, then what it declares. */
export function NewPlayPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const kind = KINDS.find((each) => each === params.get("kind"));
  if (kind) return <EditPlay key={kind} name={t(`plays.kind.${kind}`)} declaration={template(kind, Date.now())} />;
  return (
    <PageLayout title={t("plays.create")} lead={t("plays.choose")}>
      <div className={styles.kinds}>
        {KINDS.map((each: PlayKind) => (
          <button key={each} type="button" onClick={() => setParams({ kind: each })} data-testid={`kind-${each}`}>
            <strong>{t(`plays.kind.${each}`)}</strong>
            <span>{t(`plays.kindHint.${each}`)}</span>
          </button>
        ))}
      </div>
    </PageLayout>
  );
}

/** A play being written, with what law and channel say of it beside it. */
export function EditPlay({ name: named, declaration: declared, play }: { name: string; declaration: Declaration; play?: Play }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const refusal = useRefusal();
  const [name, setName] = useState(named);
  const [draft, setDraft] = useState(() => settled(declared));
  const [key] = useState(() => crypto.randomUUID());
  const [launching, setLaunching] = useState(false);
  const asked = useDeferredValue(draft);
  const check = useQuery({ queryKey: playKeys.check(asked), queryFn: () => checkPlay(asked), placeholderData: keepPreviousData, staleTime: Infinity });
  const changed = !play || name !== play.name || JSON.stringify(draft) !== JSON.stringify(settled(play.declaration));
  const save = useMutation({
    mutationFn: () => (play ? updatePlay(play.id, play.revision, name, draft) : createPlay(name, draft, key)),
    onSuccess: (saved) => {
      void cache.invalidateQueries({ queryKey: playKeys.list });
      cache.setQueryData(playKeys.one(saved.id), saved);
      void message.success(t("plays.saved", { name: saved.name }));
      if (!play) void navigate(`/plays/${saved.id}`, { replace: true });
    },
  });
  const sound = check.data?.flaws.length === 0;
  const mayLaunch = play !== undefined && !changed && sound && check.data?.guard.may_run === true;
  return (
    <PageLayout title={play ? play.name : t("plays.create")} lead={t(`plays.kindHint.${draft.kind}`)}
      actions={<>
        <Button onClick={() => save.mutate()} loading={save.isPending} disabled={!changed || !sound || !name.trim()} data-testid="play-save">{t("plays.save")}</Button>
        {play && <Button type="primary" disabled={!mayLaunch} onClick={() => setLaunching(true)} title={changed ? t("plays.saveFirst") : undefined} data-testid="play-launch">{t("plays.launch.open")}</Button>}
      </>}>
      {save.error && <p role="alert" className={styles.refused}>{refusal(save.error)}</p>}
      <div className={styles.split}>
        <div className={styles.column}>
          <Panel title={t("plays.form.name")}>
            <Input value={name} maxLength={100} onChange={({ target }) => setName(target.value)} aria-label={t("plays.form.name")} data-testid="play-name" />
            <p className={styles.faint}>{t("plays.form.nameHint")}</p>
          </Panel>
          <PlayForm play={draft} onChange={(next) => setDraft(settled(next))} />
        </div>
        <div className={styles.side}>
          {check.error && !check.data ? <ProblemState error={check.error} onRetry={() => void check.refetch()} /> : null}
          {check.isPending && <LoadingState />}
          {check.data && <GuardPanel guard={check.data.guard} flaws={check.data.flaws} stale={check.isPlaceholderData} />}
        </div>
      </div>
      {play && launching && <LaunchPlay play={play} onClose={() => setLaunching(false)} />}
    </PageLayout>
  );
}
