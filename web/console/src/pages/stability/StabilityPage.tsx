import { DownloadOutlined } from "@ant-design/icons";
import { Button, Select, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { curveCsv, listStabilityUnits, readStability, type StabilityUnits, type StabilityView } from "@/api/stability";
import { NOTHING, useFormats } from "@/app/format";
import { useLong, WorkingState } from "@/app/parts/longWork";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { useThemeName } from "@/app/theme/useThemeName";
import { CurveChart } from "./CurveChart";
import { Leave } from "./Leave";
import { Bridges, CutPersons, Units } from "./Lists";
import { RoutesBetween } from "./RoutesBetween";
import styles from "./Stability.module.css";

/** Above this a random network holds together. */
const HOLDS = 2;

/** On whom the network hangs, what is left when people leave, and which tie mends it. */
export function StabilityPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const patch = usePatchUrl();
  const unit = params.get("unit");
  const stability = useLong<StabilityView>(["stability", unit], () => readStability(unit));
  const data = stability.data;
  return (
    <PageLayout title={t("stability.title")} lead={t("stability.lead")} actions={<PickUnit unit={unit} onPick={(picked) => patch({ unit: picked })} />}>
      {stability.error ? <ProblemState error={stability.error} onRetry={stability.refetch} /> : null}
      {stability.working !== null && <WorkingState done={stability.working} />}
      {!data && !stability.error && stability.working === null && <LoadingState rows={12} />}
      {data && data.people === 0 && <EmptyState title={t("stability.empty.title")} detail={t("stability.empty.detail")} />}
      {data && data.people > 0 && (
        <>
          <Numbers view={data} />
          <div className={styles.columns}>
            <Curve view={data} unit={unit} />
            <Leave person={params.get("person")} onPick={(person) => patch({ person })} />
          </div>
          <CutPersons unit={unit} onLeave={(person) => patch({ person })} />
          <div className={styles.columns}>
            <RoutesBetween from={params.get("from")} to={params.get("to")} onPick={patch} />
            <Bridges unit={unit} />
          </div>
          <Units onOpen={(picked) => patch({ unit: picked })} />
        </>
      )}
    </PageLayout>
  );
}

function PickUnit({ unit, onPick }: { unit: string | null; onPick: (unit: string | null) => void }) {
  const { t } = useTranslation();
  const units = useLong<StabilityUnits>(["stability-units"], listStabilityUnits);
  const options = (units.data?.items ?? []).flatMap((row) => (row.unit ? [{ value: row.unit.id, label: row.unit.name }] : []));
  return (
    <Select value={unit ?? ""} onChange={(picked) => onPick(picked || null)} showSearch={{ optionFilterProp: "label" }} popupMatchSelectWidth={false} aria-label={t("stability.unit.label")} data-testid="stability-unit"
      options={[{ value: "", label: t("stability.unit.all") }, ...options]} />
  );
}

function Curve({ view, unit }: { view: StabilityView; unit: string | null }) {
  const { t } = useTranslation();
  const theme = useThemeName();
  return (
    <Panel title={t("stability.curve.title")} extra={<Button size="small" icon={<DownloadOutlined />} href={curveCsv(unit)} download data-testid="curve-csv">{t("stability.csv")}</Button>}>
      <CurveChart view={view} theme={theme} />
      <p className={styles.quiet}>{t("stability.curve.hint")}</p>
    </Panel>
  );
}

function Numbers({ view }: { view: StabilityView }) {
  const { t } = useTranslation();
  const format = useFormats();
  const ratio = view.molloy_reed;
  return (
    <div className={styles.numbers} data-testid="stability-numbers">
      <Tooltip title={t("stability.formula.people")}><div><small>{t("stability.stat.people")}</small><strong>{format.count(view.people)}</strong><em>{t("stability.stat.ties")} {format.count(view.ties)}</em>{view.kept_out > 0 && <em data-testid="stability-kept-out" title={t("lights.stat.keptOutHint")}>{t("lights.stat.keptOut", { count: view.kept_out })}</em>}</div></Tooltip>
      <Tooltip title={t("stability.formula.giant")}><div className={styles.main}><small>{t("stability.stat.giant")}</small><strong>{format.count(view.giant)}</strong><em>{t("stability.stat.giantShare", { share: format.share(view.giant, view.people) })} · {t("stability.stat.groups", { count: view.groups })}</em></div></Tooltip>
      <Tooltip title={t("stability.formula.cutPersons")}><div><small>{t("stability.stat.cutPersons")}</small><strong data-testid="stability-cuts">{format.count(view.cut_persons)}</strong><em>{format.share(view.cut_persons, view.people)}</em></div></Tooltip>
      <Tooltip title={t("stability.formula.bridges")}><div><small>{t("stability.stat.bridges")}</small><strong>{format.count(view.bridges)}</strong><em>{format.share(view.bridges, view.ties)}</em></div></Tooltip>
      <Tooltip title={t("stability.formula.molloy")}><div><small>{t("stability.stat.molloy")}</small><strong>{ratio == null ? NOTHING : format.decimal(ratio, 1)}</strong><em>{ratio == null ? "" : t(ratio > HOLDS ? "stability.stat.holds" : "stability.stat.loose")}</em></div></Tooltip>
    </div>
  );
}
