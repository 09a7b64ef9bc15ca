import { DownloadOutlined, EyeOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { exportPerson, listConsents, recordConsent, revealPerson } from "@/api/people";
import { asProblem } from "@/api/problem";
import { nameOf, type ConsentState, type PersonDetail, type RevealField } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { keys } from "@/app/queries";
import { download } from "@/network/exportPicture";
import styles from "./People.module.css";

/** Server answers with 202: the fact is digested a moment later. */
const SOON_MS = 800;

/** A masked value, and a way to see it in full that asks why and is written down. */
export function Masked({ person, field, masked }: { person: PersonDetail; field: RevealField; masked: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const reveal = useMutation({
    mutationFn: (reason: string) => revealPerson(person.person, field, reason),
    onSuccess: ({ value }) => {
      setShown(value ?? masked);
      setAsking(false);
    },
  });
  if (!may("reveal_personal") || shown !== null) return <>{shown ?? masked}</>;
  return (
    <span className={styles.masked}>
      {masked}
      <Button type="text" size="small" icon={<EyeOutlined />} aria-label={t("persons.privacy.reveal")} onClick={() => setAsking(true)} data-testid={`reveal-${field}`} />
      <Reason open={asking} title={t(`persons.privacy.revealTitle.${field}`, { name: nameOf(person) })} note={t("persons.privacy.written")}
        busy={reveal.isPending} error={reveal.error} onClose={() => setAsking(false)} onDone={(reason) => reveal.mutate(reason)} />
    </span>
  );
}

/** What they agreed to, with everything that was ever said; and everything that is known of them, to hand out. */
export function Consents({ person }: { person: PersonDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const [handing, setHanding] = useState(false);
  const consents = useQuery({ queryKey: keys.consents(person.person), queryFn: () => listConsents(person.person) });
  const hand = useMutation({
    mutationFn: (reason: string) => exportPerson(person.person, reason),
    onSuccess: (all) => {
      download(new Blob([JSON.stringify(all, null, 2)], { type: "application/json" }), `${person.person}.json`);
      setHanding(false);
    },
  });
  const extra = may("manage_privacy") && (
    <Button size="small" type="text" icon={<DownloadOutlined />} onClick={() => setHanding(true)} data-testid="person-export">{t("persons.privacy.export")}</Button>
  );
  return (
    <Panel title={t("persons.privacy.title")} extra={extra}>
      <p className={styles.faint}>{t("persons.privacy.lead")}</p>
      {consents.isPending && <LoadingState rows={3} />}
      {consents.error && <ProblemState error={consents.error} onRetry={() => void consents.refetch()} />}
      {consents.data && (
        <>
          <ul className={styles.consents} data-testid="consents">
            {consents.data.purposes.map((state) => <Purpose key={state.purpose} person={person} state={state} />)}
          </ul>
          {consents.data.items.length > 0 && <Said items={consents.data.items} />}
        </>
      )}
      <Reason open={handing} title={t("persons.privacy.exportTitle", { name: nameOf(person) })} note={t("persons.privacy.written")}
        busy={hand.isPending} error={hand.error} onClose={() => setHanding(false)} onDone={(reason) => hand.mutate(reason)} />
    </Panel>
  );
}

function Purpose({ person, state }: { person: PersonDetail; state: ConsentState }) {
  const { t } = useTranslation();
  const may = useMay();
  const format = useFormats();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [asked, setAsked] = useState<boolean | null>(null);
  const record = useMutation({
    mutationFn: (channel: string) => recordConsent(person.person, state.purpose, asked === true, channel),
    onSuccess: () => {
      setAsked(null);
      void message.success(t("persons.privacy.recorded"));
      window.setTimeout(() => void client.invalidateQueries({ queryKey: keys.consents(person.person) }), SOON_MS);
    },
  });
  const name = t(`persons.privacy.purpose.${state.purpose}`);
  return (
    <li>
      <span>{name}</span>
      <small>{state.since ? format.moment(state.since) : t("persons.privacy.never")}</small>
      <Switch size="small" checked={state.is_given} disabled={!may("manage_privacy")} onChange={setAsked} aria-label={name} data-testid={`consent-${state.purpose}`} />
      <Reason open={asked !== null} title={t(asked ? "persons.privacy.give" : "persons.privacy.withdraw", { purpose: name })} label={t("persons.privacy.channel")}
        busy={record.isPending} error={record.error} onClose={() => setAsked(null)} onDone={(channel) => record.mutate(channel)} />
    </li>
  );
}

function Said({ items }: { items: { offset: number; purpose: ConsentState["purpose"]; is_given: boolean; at: string; is_by_staff: boolean; notice?: string | null; channel?: string | null }[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <details className={styles.said}>
      <summary>{t("persons.privacy.history", { count: items.length })}</summary>
      <ol>
        {items.map((said) => (
          <li key={said.offset}>
            {format.moment(said.at)} · {t(said.is_given ? "persons.privacy.given" : "persons.privacy.taken", { purpose: t(`persons.privacy.purpose.${said.purpose}`) })}
            {said.channel && ` · ${said.channel}`}
            {said.notice && ` · ${said.notice}`}
            {said.is_by_staff && ` · ${t("persons.privacy.byStaff")}`}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Reason(props: { open: boolean; title: string; note?: string; label?: string; busy: boolean; error: unknown; onClose: () => void; onDone: (text: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const problem = props.error ? asProblem(props.error) : null;
  const words = problem?.code === "consent_missing" ? t("persons.privacy.consentMissing") : problem?.detail ?? problem?.title;
  return (
    <Modal open={props.open} title={props.title} onCancel={props.onClose} onOk={() => props.onDone(text.trim())} destroyOnHidden
      okButtonProps={{ disabled: text.trim() === "", loading: props.busy }}>
      {props.note && <p className={styles.faint}>{props.note}</p>}
      <Input autoFocus value={text} maxLength={200} placeholder={props.label ?? t("persons.privacy.reason")} aria-label={props.label ?? t("persons.privacy.reason")}
        onChange={({ target }) => setText(target.value)} onPressEnter={() => text.trim() && props.onDone(text.trim())} data-testid="reason" />
      {words && <p role="alert" className={styles.refused}>{words}</p>}
    </Modal>
  );
}
