import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, AutoComplete, Input, Select, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { findRoutes, listStarts } from "@/api/reach";
import { nameOf, type ReachPath } from "@/api/types";
import { Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { keys, usePerson } from "@/app/queries";
import { matchScore } from "@/app/keyboard/pinyin";
import { useFoundPeople } from "@/app/shell/useFoundPeople";
import { GiveTask } from "./GiveTask";
import { RouteCard } from "./RouteCard";
import { useCalled } from "./useCalled";
import styles from "./Reach.module.css";

/** From whom, to whom, round whom: all in the address. The routes stand side by side, the most reliable first. */
export function Planner() {
  const { t } = useTranslation();
  const called = useCalled();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const [giving, setGiving] = useState<ReachPath | null>(null);
  const starts = useQuery({ queryKey: keys.starts, queryFn: listStarts, staleTime: 60_000 });
  const to = params.get("to") ?? "";
  const from = params.get("from") ?? starts.data?.find((start) => start.person !== to)?.person ?? "";
  const avoid = params.get("avoid") ?? "";
  const avoided = avoid.split(",").filter(Boolean);
  const asked = from !== "" && to !== "" && from !== to;
  const found = useQuery({ queryKey: keys.routes(from, to, avoid), queryFn: () => findRoutes(from, to, avoid), enabled: asked });
  const plan = found.data;
  const setAvoid = (people: string[]): void => patch({ avoid: people.join(",") || null });
  const cut = new Set(plan?.independence.cut.map((hop) => hop.person ?? "") ?? []);
  const known = (person: string): string => {
    const hop = plan?.paths.flatMap((path) => path.hops).find((each) => each.person === person);
    return hop ? called(hop) : person;
  };

  return (
    <>
      <Panel>
        <div className={styles.ends}>
          <label>
            <small>{t("reach.plan.from")}</small>
            <Select showSearch value={from || null} placeholder={t("reach.plan.fromNone")} loading={starts.isPending} data-testid="reach-from"
              filterOption={(text, option) => matchScore(text, String(option?.label ?? "")) > 0.3}
              options={starts.data?.map((start) => ({ value: start.person, label: start.unit ? `${nameOf(start)} · ${start.unit.name}` : nameOf(start) })) ?? []}
              onChange={(next: string) => patch({ from: next, avoid: null })} />
          </label>
          <label>
            <small>{t("reach.plan.to")}</small>
            <TargetField to={to} onTo={(next) => patch({ to: next, avoid: null })} />
          </label>
        </div>
        {avoided.length > 0 && (
          <p className={styles.avoided} data-testid="reach-avoided">
            {t("reach.plan.avoiding")}
            {avoided.map((person) => (
              <Tag key={person} closable onClose={() => setAvoid(avoided.filter((each) => each !== person))}>{known(person)}</Tag>
            ))}
          </p>
        )}
      </Panel>
      {starts.error ? <ProblemState error={starts.error} onRetry={() => void starts.refetch()} /> : null}
      {!asked && !starts.error && <EmptyState title={t("reach.plan.start")} detail={t("reach.plan.startDetail")} />}
      {asked && found.isPending && <LoadingState rows={8} />}
      {found.error && !plan ? <ProblemState error={found.error} onRetry={() => void found.refetch()} /> : null}
      {plan && (
        <>
          {plan.refused.length > 0 && <Alert type="warning" showIcon title={t("reach.plan.refused", { names: plan.refused.map(called).join(" · ") })} data-testid="reach-refused" />}
          {plan.paths.length === 0 && <EmptyState title={t("reach.plan.none")} detail={avoided.length > 0 ? t("reach.plan.noneAvoiding") : t("reach.plan.noneDetail")} />}
          {plan.paths.length > 0 && (
            <p className={styles.summary} data-testid="reach-summary">
              <strong>{t(plan.independence.at_least ? "reach.plan.routesAtLeast" : "reach.plan.routes", { count: plan.independence.routes })}</strong>
              {plan.independence.cut.length > 0 && <span>{t("reach.plan.cut", { names: plan.independence.cut.map(called).join(" · ") })}</span>}
              {!plan.complete && <span>{t("reach.plan.incomplete")}</span>}
            </p>
          )}
          <div className={styles.routes} data-testid="reach-routes">
            {plan.paths.map((path, at) => (
              <RouteCard key={path.key} path={path} place={at} cut={cut} onAvoid={(person) => setAvoid([...avoided, person])} onGive={() => setGiving(path)} />
            ))}
          </div>
        </>
      )}
      {giving && <GiveTask path={giving} from={from} to={to} avoid={avoided} start={starts.data?.find((start) => start.person === from)} onClose={() => setGiving(null)} />}
    </>
  );
}

/** Found by name, pinyin, id or phone number; shows who is chosen. */
function TargetField({ to, onTo }: { to: string; onTo: (person: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const chosen = usePerson(to || null);
  const people = useFoundPeople(typed ?? "");
  const shown = typed ?? (to ? (chosen.data ? nameOf(chosen.data) : to) : "");
  return (
    <AutoComplete value={shown} data-testid="reach-to"
      options={people.map((person) => ({ value: person.person, label: `${nameOf(person)}${person.unit ? ` · ${person.unit.name}` : ""}` }))}
      onSelect={(person: string) => {
        setTyped(null);
        onTo(person);
      }}
      onSearch={setTyped} onBlur={() => setTyped(null)}>
      <Input allowClear prefix={<SearchOutlined />} placeholder={t("reach.plan.search")} />
    </AutoComplete>
  );
}
