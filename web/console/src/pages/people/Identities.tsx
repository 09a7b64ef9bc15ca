import { DownloadOutlined, MergeCellsOutlined, SplitCellsOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { identitiesCsv, listIdentities, type EvidenceRow, type IdentityEvidence, type IdentityRow } from "@/api/identity";
import { nameOf, type PersonDetail } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { keys } from "@/app/queries";
import { Decide, type Deciding } from "@/pages/identity/Decide";
import { IdentityPicture } from "@/pages/identity/IdentityPicture";
import { MergeWith } from "@/pages/identity/MergeWith";
import styles from "@/pages/identity/Identity.module.css";

const SHOWN = 6;

/** Namespaces that come with the house; a brand calls its own what it likes. */
const KNOWN = {
  user: "user",
  anonymous: "anonymous",
  spread: "spread",
  "wechat:unionid": "unionid",
  "wechat:openid": "openid",
  "wecom:external_userid": "wecom",
  phone: "phone",
  email: "email",
  cookie: "cookie",
  device: "device",
  member: "member",
  douyin: "douyin",
  xiaohongshu: "xiaohongshu",
  taobao: "taobao",
  "searchlight:fan": "fan",
} as const;

const isKnown = (namespace: string): namespace is keyof typeof KNOWN => namespace in KNOWN;

/** The ids they are known by, why they are one person, and how to take that apart again. */
export function Identities({ person }: { person: PersonDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const view = useQuery({ queryKey: keys.identities(person.person), queryFn: () => listIdentities(person.person), placeholderData: keepPreviousData });
  const [chosen, setChosen] = useState<string[]>([]);
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  const [merging, setMerging] = useState(false);
  const decides = may("manage_identity");
  const name = nameOf(person);
  const ids = view.data?.ids ?? [];
  const going = chosen.filter((id) => ids.some((row) => row.id === id));
  const split = (): void => setDeciding({ kind: "split", name, ways: [{ decide: { what: "split", person: person.person, ids: going } }] });
  const takeBack = (piece: EvidenceRow): void => {
    if (piece.decision) setDeciding({ kind: "takeBack", ways: [{ decide: { what: "take_back", decision: piece.decision } }] });
    else if (piece.into) setDeciding({ kind: "evidence", ways: [{ decide: { what: "evidence", id: piece.id, into: piece.into } }] });
  };
  return (
    <Panel title={t("identity.evidence.title")}
      extra={<Button size="small" type="text" icon={<DownloadOutlined />} href={identitiesCsv(person.person)} download data-testid="identities-csv">CSV</Button>}>
      <p className={styles.faint}>{t("identity.evidence.lead")}</p>
      {view.isPending && <LoadingState rows={4} />}
      {view.error && !view.data && <ProblemState error={view.error} onRetry={() => void view.refetch()} />}
      {view.data && (
        <>
          {view.data.ids.length > 1 && <IdentityPicture view={view.data} labelOf={(row) => isKnown(row.namespace) ? t(`persons.identity.${KNOWN[row.namespace]}`) : row.namespace_name} />}
          <Ids ids={view.data.ids} chosen={decides && view.data.ids.length > 1 ? going : null} onChosen={setChosen} />
          <Evidence view={view.data} onTakeBack={decides ? takeBack : null} />
          {decides && (
            <div className={styles.actions}>
              <Button size="small" icon={<MergeCellsOutlined />} onClick={() => setMerging(true)} data-testid="person-merge">{t("identity.evidence.merge")}</Button>
              {view.data.ids.length > 1 && (
                <Button size="small" icon={<SplitCellsOutlined />} disabled={going.length === 0 || going.length === ids.length} title={t("identity.evidence.choose")} onClick={split} data-testid="person-split">{t("identity.evidence.split", { count: going.length })}</Button>
              )}
            </div>
          )}
        </>
      )}
      <MergeWith open={merging} person={person} onClose={() => setMerging(false)} onChosen={(other) => {
        setMerging(false);
        setDeciding({ kind: "merge", name, ways: [{ decide: { what: "merge", one: other, other: person.person } }] });
      }} />
      <Decide asked={deciding} onClose={() => setDeciding(null)} onDone={() => setChosen([])} />
    </Panel>
  );
}

function Ids({ ids, chosen, onChosen }: { ids: IdentityRow[]; chosen: string[] | null; onChosen: (ids: string[]) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [all, setAll] = useState(false);
  const shown = all ? ids : ids.slice(0, SHOWN);
  const label = (row: IdentityRow): string => isKnown(row.namespace) ? t(`persons.identity.${KNOWN[row.namespace]}`) : row.namespace_name;
  return (
    <>
      <ul className={styles.identities} data-testid="identities">
        {shown.map((row) => (
          <li key={row.id} data-testid="identity">
            {chosen ? <Checkbox checked={chosen.includes(row.id)} aria-label={t("identity.evidence.choosing", { name: `${label(row)} ${row.value}` })} onChange={({ target }) => onChosen(target.checked ? [...chosen, row.id] : chosen.filter((id) => id !== row.id))} data-testid={`choose-${row.id}`} /> : <span />}
            <span>{label(row)}</span>
            <Typography.Text code copyable={!row.is_masked} {...(row.is_masked ? { title: t("identity.evidence.masked") } : {})}>{row.value}</Typography.Text>
            <small>{[row.since && t("identity.evidence.since", { time: format.moment(row.since) }), t("identity.evidence.facts", { count: row.facts })].filter(Boolean).join(" · ")}</small>
          </li>
        ))}
      </ul>
      {ids.length > SHOWN && <Button type="link" size="small" onClick={() => setAll(!all)} data-testid="identities-more">{all ? t("identity.evidence.fold") : t("identity.evidence.moreIds", { count: ids.length - SHOWN })}</Button>}
    </>
  );
}

function Evidence({ view, onTakeBack }: { view: IdentityEvidence; onTakeBack: ((piece: EvidenceRow) => void) | null }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (view.evidence.length === 0) return <p className={styles.faint} data-testid="evidence-none">{t("identity.evidence.none")}</p>;
  const valueOf = (id: string): string => view.ids.find((row) => row.id === id)?.value ?? id;
  return (
    <details className={styles.evidence}>
      <summary data-testid="evidence-open">{t("identity.evidence.list", { count: view.evidence.length })}</summary>
      <ol data-testid="evidence">
        {view.evidence.map((piece) => (
          <li key={`${piece.id}-${piece.into}-${piece.offset}-${piece.source}`} data-testid="piece" data-state={piece.state}>
            <span>
              <code>{valueOf(piece.id)}</code> — {piece.other_person
                ? <Link to={`/people/${piece.other_person}`}>{t("identity.evidence.other", { person: piece.other_person })}</Link>
                : piece.into ? <code>{valueOf(piece.into)}</code> : t("identity.evidence.someone")}
            </span>
            <small>
              {[
                t(`identity.evidence.state.${piece.state}`),
                t(`identity.evidence.source.${piece.source}`, { offset: piece.offset }),
                format.moment(piece.at),
                piece.confidence < 1 && t("identity.evidence.confidence", { percent: format.share(piece.confidence, 1) }),
                piece.reason,
              ].filter(Boolean).join(" · ")}
            </small>
            {onTakeBack && piece.state === "joins" && <Button size="small" type="link" onClick={() => onTakeBack(piece)} data-testid="evidence-take-back">{t("identity.evidence.takeBack")}</Button>}
          </li>
        ))}
      </ol>
      {view.more && <p className={styles.faint}>{t("identity.evidence.truncated")}</p>}
    </details>
  );
}
