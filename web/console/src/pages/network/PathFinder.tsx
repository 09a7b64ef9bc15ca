import { useQuery } from "@tanstack/react-query";
import { Segmented, Skeleton } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { findRoutes } from "@/api/reach";
import type { ReachPath } from "@/api/types";
import { useFormats } from "@/app/format";
import { useMay } from "@/app/permissions";
import { ProblemState } from "@/app/parts/states";
import { usePreferences } from "@/app/preferences";
import { keys } from "@/app/queries";
import { Section } from "./PersonPanel";
import styles from "./PersonPanel.module.css";

interface Props {
  /** Where to start: me first, when I am a root, then their own root. */
  starts: { person: string; name: string }[];
  to: string;
  chosen: number | null;
  /** The chosen path, and all paths as lists of persons (those out of scope left out). */
  onChoose: (index: number | null, people: string[][], names: Map<string, string>) => void;
  onOpen: (person: string) => void;
}

const visible = (path: ReachPath): string[] => path.hops.flatMap((hop) => (hop.person ? [hop.person] : []));

/** Ways from the manager to this person; choosing one lights it in the picture. */
export function PathFinder({ starts, to, chosen, onChoose, onOpen }: Props) {
  const [start, setStart] = useState(0);
  const from = starts[start] ?? { person: to, name: to };
  const { t } = useTranslation();
  const format = useFormats();
  const may = useMay();
  const language = usePreferences((state) => state.language);
  const same = from.person === to;
  const found = useQuery({
    queryKey: keys.routes(from.person, to, ""),
    queryFn: () => findRoutes(from.person, to, ""),
    enabled: !same,
    staleTime: 60_000,
  });
  const paths = found.data?.paths;
  const choose = (index: number | null): void => {
    const names = new Map(paths?.flatMap((path) => path.hops.flatMap((hop) => (hop.person ? [[hop.person, hop.name || hop.person] as const] : []))));
    onChoose(index, paths?.map(visible) ?? [], names);
  };
  // A path chosen in the URL lights up once it is known.
  useEffect(() => {
    if (chosen !== null && paths?.[chosen]) choose(chosen);
    // `choose` is made anew on each render; the paths and the choice are what matters.
  }, [paths, chosen === null]);

  return (
    <Section
      title={t("network.person.paths")}
      extra={starts.length > 1 && (
        <Segmented size="small" value={start} aria-label={t("network.person.from")} options={starts.map((each, at) => ({ value: at, label: each.name }))}
          onChange={(at) => {
            onChoose(null, [], new Map());
            setStart(at);
          }} />
      )}
    >
      {same && <p className={styles.faint}>{t("network.person.pathsSelf")}</p>}
      {!same && <p className={styles.faint}>{t("network.person.pathsLead", { name: found.data?.from.name || from.name })}</p>}
      {found.error && !found.data ? <ProblemState error={found.error} onRetry={() => void found.refetch()} /> : null}
      {!same && may("plan_reach") && <p><Link to={`/reach?view=plan&from=${from.person}&to=${to}`} data-testid="open-reach">{t("reach.open")}</Link></p>}
      {!same && found.isPending && <Skeleton active title={false} paragraph={{ rows: 3 }} />}
      {paths?.length === 0 && <p className={styles.faint}>{t("network.person.pathsNone")}</p>}
      {paths && paths.length > 0 && (
        <div className={styles.paths} data-testid="path-list">
          {paths.map((path, at) => (
            <article key={path.hops.map((hop) => hop.person ?? hop.unit?.id).join()} data-chosen={chosen === at} data-testid="path-item">
              <button type="button" className={styles.pathHead} onClick={() => choose(chosen === at ? null : at)} aria-pressed={chosen === at}>
                <strong>{t("network.person.path", { n: at + 1 })}</strong>
                <small>{format.share(path.chance, 1)} · {t("network.person.pathLength", { count: path.length })}</small>
              </button>
              <ol>
                {path.hops.map((hop, step) => (
                  <li key={hop.person ?? step}>
                    {hop.person ? <button type="button" onClick={() => onOpen(hop.person ?? to)}>{hop.name || hop.person}</button> : <span>{hop.someone?.[language] ?? hop.name ?? hop.unit?.name}</span>}
                    {step > 0 && (
                      <small>
                        {hop.evidence?.[language] ?? t("network.person.ties", { count: hop.ties })}
                      </small>
                    )}
                  </li>
                ))}
              </ol>
            </article>
          ))}
        </div>
      )}
    </Section>
  );
}
