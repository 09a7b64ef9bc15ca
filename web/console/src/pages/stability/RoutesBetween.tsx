import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { listRoutes, type RouteList } from "@/api/stability";
import { useLong, WorkingState } from "@/app/parts/longWork";
import { Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { PickPerson, Who } from "./parts";
import styles from "./Stability.module.css";

/** How many ways lead from one person to another that share nobody, and who stands in all of them. */
export function RoutesBetween({ from, to, onPick }: { from: string | null; to: string | null; onPick: (patch: { from?: string | null; to?: string | null }) => void }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("stability.routes.title")}>
      <p className={styles.quiet}>{t("stability.routes.lead")}</p>
      <div className={styles.picks}>
        <PickPerson value={from} label={t("stability.routes.from")} onPick={(person) => onPick({ from: person })} testId="routes-from" />
        <PickPerson value={to} label={t("stability.routes.to")} onPick={(person) => onPick({ to: person })} testId="routes-to" />
      </div>
      {from && to ? (from === to ? <p className={styles.quiet}>{t("stability.routes.same")}</p> : <Found key={`${from} ${to}`} from={from} to={to} />) : <p className={styles.quiet}>{t("stability.routes.pick")}</p>}
    </Panel>
  );
}

function Found({ from, to }: { from: string; to: string }) {
  const { t } = useTranslation();
  const routes = useLong<RouteList>(["stability-routes", from, to], () => listRoutes(from, to));
  if (routes.error) return asProblem(routes.error).status === 404 ? <p className={styles.quiet}>{t("stability.leave.none")}</p> : <ProblemState error={routes.error} onRetry={routes.refetch} />;
  if (routes.working !== null) return <WorkingState done={routes.working} />;
  const data = routes.data;
  if (!data) return <LoadingState rows={3} />;
  const count = data.independent === 0 ? t("stability.routes.zero") : t(data.capped ? "stability.routes.capped" : "stability.routes.count", { count: data.independent });
  return (
    <div data-testid="routes-result">
      <p className={styles.verdict}><strong className={data.independent > 1 ? styles.good : styles.weak}>{count}</strong></p>
      <ol className={styles.pieces}>
        {data.routes.map((route, at) => (
          <li key={at}>
            <h4>{route.length === 2 ? t("stability.routes.direct") : t("stability.routes.hops", { count: route.length - 1 })}</h4>
            <p className={styles.members}>{route.map((who) => <Who key={who.person} who={who} />)}</p>
          </li>
        ))}
      </ol>
      {data.cut.length > 0 && <p className={styles.mend}>{t("stability.routes.cut")} {data.cut.map((who) => <Who key={who.person} who={who} />)}</p>}
    </div>
  );
}
