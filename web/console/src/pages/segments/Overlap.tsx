import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Grid } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { readOverlap, type Overlap as Overlapping } from "@/api/audience";
import { useFormats } from "@/app/format";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { storeColour } from "@/app/theme/palette";
import { useThemeName } from "@/app/theme/useThemeName";
import { audienceKeys } from "../audience/keys";
import styles from "./Segments.module.css";

type Pair = Overlapping["pairs"][number];
const NAME = 132;
const CELL = 62;
const ROW = 40;
/** A cell has room for numbers below this one. */
const ROOM = 100_000;

/** Both ÷ either: how much two groups are the same people. */
export const jaccard = ({ both, only_a, only_b }: Pair): number => (both + only_a + only_b > 0 ? both / (both + only_a + only_b) : 0);

export function OverlapDrawer({ segments, onClose }: { segments: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const wide = Grid.useBreakpoint().md ?? true;
  return (
    <Drawer open onClose={onClose} size={wide ? 760 : "100%"} title={t("segments.overlap.title")} data-testid="overlap">
      <Overlap segments={segments} />
    </Drawer>
  );
}

/** How many people each two share, and a pair drawn as one line from the one's alone to the other's. */
export function Overlap({ segments }: { segments: string[] }) {
  const { t } = useTranslation();
  const overlap = useQuery({ queryKey: audienceKeys.overlap(segments), queryFn: () => readOverlap(segments) });
  if (overlap.error && !overlap.data) return <ProblemState error={overlap.error} onRetry={() => void overlap.refetch()} />;
  if (!overlap.data) return <LoadingState rows={5} />;
  if (overlap.data.sizes.length < 2) return <EmptyState title={t("segments.overlap.two")} />;
  return <Drawn data={overlap.data} />;
}

function Drawn({ data }: { data: Overlapping }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const most = [...data.pairs].sort((a, b) => b.both - a.both)[0];
  const [chosen, setChosen] = useState<Pair | undefined>(most);
  const index = new Map(data.sizes.map(({ segment }, at) => [segment, at]));
  const colour = (segment: string): string => storeColour(theme, index.get(segment) ?? 0);
  const pairOf = (a: string, b: string): Pair | undefined => data.pairs.find((pair) => (pair.a === a && pair.b === b) || (pair.a === b && pair.b === a));
  const strongest = Math.max(0.000_1, ...data.pairs.map(jaccard));
  const shown = chosen && index.has(chosen.a) && index.has(chosen.b) ? chosen : most;
  const inCell = (people: number): string => (people < ROOM ? format.count(people) : format.short(people));
  return (
    <div className={styles.overlap}>
      {data.sizes.length > 2 && <p className={styles.quiet}>{t("segments.overlap.all", { count: data.all })}</p>}
      <div className={styles.matrix} data-testid="overlap-matrix">
        <table style={{ minWidth: NAME + data.sizes.length * CELL }}>
          <thead>
            <tr>
              <th aria-hidden="true" />
              {data.sizes.map(({ segment, name }) => <th key={segment} scope="col" title={name}><i style={{ background: colour(segment) }} /><span>{name}</span></th>)}
            </tr>
          </thead>
          <tbody>
            {data.sizes.map((row) => (
              <tr key={row.segment} style={{ height: ROW }}>
                <th scope="row" title={row.name}><i style={{ background: colour(row.segment) }} /><span>{row.name}</span></th>
                {data.sizes.map((column) => {
                  if (column.segment === row.segment) return <td key={column.segment} data-self="">{inCell(row.size)}</td>;
                  const pair = pairOf(row.segment, column.segment);
                  if (!pair) return <td key={column.segment} />;
                  const strength = Math.sqrt(jaccard(pair) / strongest);
                  return (
                    <td key={column.segment}>
                      <button type="button" data-chosen={pair === shown} style={{ background: `color-mix(in srgb, var(--accent) ${Math.round(6 + 64 * strength)}%, transparent)` }}
                        aria-label={`${row.name} × ${column.name}: ${t("segments.overlap.both", { count: pair.both })}`} onClick={() => setChosen(pair)} onMouseEnter={() => setChosen(pair)} onFocus={() => setChosen(pair)} data-testid="overlap-cell">{inCell(pair.both)}</button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown && <PairLine pair={shown} data={data} colour={colour} />}
      <p className={styles.quiet}>{t("segments.overlap.hint")}</p>
    </div>
  );
}

function PairLine({ pair, data, colour }: { pair: Pair; data: Overlapping; colour: (segment: string) => string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const navigate = useNavigate();
  const may = useMay();
  const name = (segment: string): string => data.sizes.find((each) => each.segment === segment)?.name ?? segment;
  const all = pair.both + pair.only_a + pair.only_b;
  const part = (people: number): string => `${all > 0 ? (100 * people) / all : 0}%`;
  const parts = [
    { key: "a", people: pair.only_a, words: t("segments.overlap.only", { name: name(pair.a) }), background: colour(pair.a) },
    { key: "both", people: pair.both, words: t("segments.overlap.inBoth"), background: "var(--accent)" },
    { key: "b", people: pair.only_b, words: t("segments.overlap.only", { name: name(pair.b) }), background: colour(pair.b) },
  ];
  const together = (): void =>
    void navigate("/segments/new", { state: { rule: { kind: "all", rules: [pair.a, pair.b].map((segment) => ({ kind: "segment", segment })) }, name: `${name(pair.a)} × ${name(pair.b)}` } });
  return (
    <div className={styles.pair} data-testid="overlap-pair">
      <p><strong>{name(pair.a)} × {name(pair.b)}</strong><span>{t("segments.overlap.jaccard", { value: format.share(jaccard(pair), 1) })}</span></p>
      <div className={styles.line} aria-hidden="true">{parts.map(({ key, people, background }) => <i key={key} style={{ width: part(people), background }} />)}</div>
      <ul>{parts.map(({ key, people, words, background }) => <li key={key}><i style={{ background }} />{words}<b>{format.count(people)}</b></li>)}</ul>
      {may("manage_segments") && pair.both > 0 && <Button size="small" icon={<PlusOutlined />} onClick={together} data-testid="overlap-together">{t("segments.overlap.together")}</Button>}
    </div>
  );
}
