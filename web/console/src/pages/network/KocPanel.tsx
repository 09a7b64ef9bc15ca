import { DownloadOutlined, NodeIndexOutlined, RightOutlined, SearchOutlined, StarOutlined } from "@ant-design/icons";
import { Button, Input, Popover, Skeleton, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { kocsCsv } from "@/api/network";
import { nameOf, type Koc } from "@/api/types";
import { useFormats } from "@/app/format";
import { matchScore } from "@/app/keyboard/pinyin";
import { useMay } from "@/app/permissions";
import { usePreferences } from "@/app/preferences";
import { ProblemState } from "@/app/parts/states";
import { KeptOut } from "@/pages/fraud/Suspicion";
import styles from "./NetworkPage.module.css";

interface Props {
  campaign: string;
  root: string | null;
  kocs: readonly Koc[] | undefined;
  error: unknown;
  onRetry: () => void;
  colourOf: (root: string) => string;
  storeOf: (root: string) => string;
  chosen: string | null;
  onChoose: (person: string) => void;
  open: boolean;
  onOpen: (open: boolean) => void;
}

/** Key people by score. Each opens the reasons of the score, in words. */
export function KocPanel(props: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const may = useMay();
  const [search, setSearch] = useState("");
  if (!props.open) {
    return (
      <Tooltip title={t("network.koc.expand")} placement="left">
        <Button className={styles.openRight} icon={<StarOutlined />} onClick={() => props.onOpen(true)} aria-label={t("network.koc.expand")} />
      </Tooltip>
    );
  }
  const most = Math.max(1, ...(props.kocs ?? []).map((koc) => koc.score));
  const found = props.kocs?.filter((koc) => Math.max(matchScore(search, nameOf(koc)), matchScore(search, props.storeOf(koc.root))) > 0.5);
  return (
    <aside className={`${styles.panel} ${styles.kocs}`} data-testid="koc-panel">
      <header>
        <h3><i className={styles.star} />{t("network.koc.title")} <small>{props.kocs?.length ?? ""}</small></h3>
        <Tooltip title={t("network.koc.csv")}>
          <Button size="small" type="text" icon={<DownloadOutlined />} href={kocsCsv(props.campaign, props.root)} download aria-label={t("network.koc.csv")} data-testid="koc-csv" />
        </Tooltip>
        {may("plan_reach") && (
          <Tooltip title={t("reach.view.bulk")}>
            <Link to={`/reach?view=bulk&campaign=${encodeURIComponent(props.campaign)}`}><Button size="small" type="text" icon={<NodeIndexOutlined />} aria-label={t("reach.view.bulk")} data-testid="koc-bulk" /></Link>
          </Tooltip>
        )}
        <Button size="small" type="text" icon={<RightOutlined />} onClick={() => props.onOpen(false)} aria-label={t("network.koc.collapse")} />
      </header>
      <Input size="small" variant="filled" allowClear prefix={<SearchOutlined />} value={search}
        onChange={(event) => setSearch(event.target.value)} placeholder={t("network.koc.search")} />
      {props.error && !props.kocs ? <ProblemState error={props.error} onRetry={props.onRetry} /> : null}
      {!props.kocs && !props.error && <Skeleton active paragraph={{ rows: 10 }} style={{ padding: 12 }} />}
      {found && (
        <ol>
          {found.length === 0 && <p className={styles.nothing}>{search ? t("common.state.noMatch") : t("network.koc.empty")}</p>}
          {found.map((koc) => (
            <Popover key={koc.person} placement="left" mouseEnterDelay={0.35} destroyOnHidden
              title={`${nameOf(koc)} · ${t("network.koc.score", { score: format.decimal(koc.score, 2) })}`} content={<><KocReasons koc={koc} /><Link to={`/people/${koc.person}`} data-testid="koc-person">{t("kocs.open.person")}</Link> {may("plan_reach") && <Link to={`/reach?view=plan&to=${koc.person}`} data-testid="koc-reach">{t("reach.open")}</Link>}</>}>
              <li>
                <button type="button" data-testid="koc-item" data-person={koc.person} aria-current={props.chosen === koc.person}
                  onClick={() => props.onChoose(koc.person)}>
                  <span className={styles.rank}>{koc.rank}</span>
                  <span className={styles.who}>
                    <strong>{nameOf(koc)}</strong>
                    <small><i style={{ background: props.colourOf(koc.root) }} />{props.storeOf(koc.root)}</small>
                  </span>
                  <span className={styles.score}>
                    <strong>{format.decimal(koc.score, 2)}</strong>
                    <small>{t("network.koc.reach", { count: koc.reach })}</small>
                  </span>
                  <em style={{ width: `${Math.max(0, koc.score / most) * 100}%` }} />
                </button>
              </li>
            </Popover>
          ))}
        </ol>
      )}
      {props.kocs && props.kocs.length > 0 && <footer>{t("network.koc.more", { count: props.kocs.length })}</footer>}
      <KeptOut campaign={props.campaign} />
    </aside>
  );
}

/** The terms of a score as bars: what counted for, and what against. */
export function KocReasons({ koc }: { koc: Pick<Koc, "terms"> }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const most = Math.max(0.001, ...koc.terms.map((term) => Math.abs(term.points)));
  return (
    <ul className={styles.reasons} data-testid="koc-reasons">
      {koc.terms.map((term) => (
        <li key={term.term}>
          <span>{term.words[language]}</span>
          <b data-bad={term.points < 0}>{term.points >= 0 ? "+" : "−"}{t("network.koc.points", { points: format.decimal(Math.abs(term.points), 2) })}</b>
          <em data-bad={term.points < 0} style={{ width: `${(Math.abs(term.points) / most) * 100}%` }} />
        </li>
      ))}
    </ul>
  );
}
