import { ArrowDownOutlined, ArrowUpOutlined, MinusOutlined } from "@ant-design/icons";
import { Popover, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { BoardRow, BoardTerm, KocBoard } from "@/api/types";
import { useFormats, type Formats } from "@/app/format";
import { KocReasons } from "../network/KocPanel";
import styles from "./Kocs.module.css";

const TERMS = ["invites", "share", "fans", "reach", "recent", "prior", "age"] as const;
type TermName = (typeof TERMS)[number];
const isTerm = (name: string): name is TermName => (TERMS as readonly string[]).includes(name);

/** A term's own number: a share of people, hours, or people. */
const valueOf = (term: BoardTerm, format: Formats): string =>
  term.term === "fans" ? format.share(term.value, 1) : term.term === "share" || term.term === "prior" || term.term === "age" ? format.decimal(term.value, 1) : format.count(term.value);

/** The score as a bar of its terms; opens the reasons and the formula. */
export function ScoreBar({ row, board, most }: { row: BoardRow; board: KocBoard; most: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = t("network.koc.score", { score: format.decimal(row.score, 2) });
  return (
    <Popover placement="right" mouseEnterDelay={0.3} destroyOnHidden title={`${t("kocs.formula.title")} · ${label}`} content={<Formula row={row} board={board} />}>
      <span className={styles.score} tabIndex={0} aria-label={label} data-testid="board-score">
        <b>{format.decimal(row.score, 2)}</b>
        <span className={styles.bar}>
          {row.terms.map((term) => term.points > 0 && <i key={term.term} data-term={term.term} style={{ width: `${(term.points / most) * 100}%` }} />)}
        </span>
      </span>
    </Popover>
  );
}

/** The terms in words, the formula, and what it rests on. */
export function Formula({ row, board }: { row: BoardRow; board: KocBoard }) {
  const { t } = useTranslation();
  const format = useFormats();
  const beliefs = board.beliefs;
  return (
    <div className={styles.formula}>
      <KocReasons koc={row} />
      <code>{t(beliefs ? "kocs.formula.across" : "kocs.formula.inside")}</code>
      {beliefs && (
        <p>{t("kocs.formula.shrunk", {
          share: format.decimal(beliefs.share.mean, 2),
          shareStrength: format.decimal(beliefs.share.strength, 1),
          fans: format.share(beliefs.fans.mean, 1),
          fansStrength: format.decimal(beliefs.fans.strength, 1),
        })}</p>
      )}
      <p>{t("kocs.formula.honest")}</p>
    </div>
  );
}

/** What counts most, in two or three words each. */
export function Chips({ terms }: { terms: readonly BoardTerm[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const strongest = [...terms].filter((term) => term.points > 0.01 && term.term !== "age").sort((a, b) => b.points - a.points).slice(0, 3);
  return (
    <span className={styles.chips}>
      {strongest.map((term) => isTerm(term.term) && <em key={term.term} data-term={term.term}>{t(`kocs.chip.${term.term}`, { value: valueOf(term, format) })}</em>)}
    </span>
  );
}

/** How the rank changed. */
export function Trend({ row, days }: { row: BoardRow; days: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const told = row.before.map(({ days, rank, score }) => (rank != null && score != null ? t("kocs.trend.was", { days, rank, score: format.decimal(score, 2) }) : t("kocs.trend.wasNot", { days })));
  const was = row.before.find((before) => before.days === days)?.rank ?? null;
  const change = was === null ? null : was - row.rank;
  const words = change === null ? t("kocs.trend.fresh") : change === 0 ? t("kocs.trend.same") : t(change > 0 ? "kocs.trend.up" : "kocs.trend.down", { count: Math.abs(change) });
  return (
    <Tooltip title={<>{told.map((each) => <div key={each}>{each}</div>)}</>}>
      <span className={styles.trend} data-way={change === null ? "new" : Math.sign(change)} aria-label={words}>
        {change === null ? t("kocs.trend.fresh") : change === 0 ? <MinusOutlined /> : <>{change > 0 ? <ArrowUpOutlined /> : <ArrowDownOutlined />}{format.short(Math.abs(change))}</>}
      </span>
    </Tooltip>
  );
}

/** Direct invitations by day, the present day on the right. */
export function Spark({ days, label }: { days: readonly number[]; label: string }) {
  const most = Math.max(1, ...days);
  const sum = days.reduce((all, day) => all + day, 0);
  return (
    <svg className={styles.spark} viewBox={`0 0 ${days.length * 3} 20`} role="img" aria-label={`${label}: ${sum}`}>
      {days.map((count, at) => <rect key={at} x={at * 3} y={20 - (count > 0 ? Math.max(2, (count / most) * 20) : 0.6)} width="2.2" height={count > 0 ? Math.max(2, (count / most) * 20) : 0.6} data-none={count === 0} />)}
    </svg>
  );
}
