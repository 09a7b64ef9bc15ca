import { Segmented, Select, Tooltip } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { listLights, listOverlaps, type Grouping, type LightList, type LightsAsked, type OverlapList } from "@/api/lights";
import { useFormats } from "@/app/format";
import { useLong, WorkingState } from "@/app/parts/longWork";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { useCampaigns } from "@/app/queries";
import { COLOURS } from "@/app/theme/tokens";
import { useThemeName } from "@/app/theme/useThemeName";
import { DarkWater } from "./DarkWater";
import { GrowthChart } from "./GrowthChart";
import { LightDetail } from "./LightDetail";
import { LightsTable } from "./LightsTable";
import { useNamed } from "./named";
import { NewLights } from "./NewLights";
import { OverlapMatrix } from "./OverlapMatrix";
import { WaterMap } from "./WaterMap";
import styles from "./Lights.module.css";

const GROUPINGS: readonly Grouping[] = ["unit", "staff", "channel", "campaign"];
const THRESHOLDS = [0.0005, 0.002, 0.01, 0.02] as const;
const DEFAULT_THRESHOLD = 0.002;
/** Curves beside that of all lights. */
const CURVES_MAX = 6;
/** In the address, the light of the roots that name none. */
const UNNAMED = "-";

function useAsked(): LightsAsked {
  const [params] = useSearchParams();
  const by = GROUPINGS.find((each) => each === params.get("by")) ?? "unit";
  const campaign = params.get("campaign");
  const threshold = Number(params.get("threshold"));
  return useMemo(
    () => ({ by, ...(campaign ? { campaign } : {}), ...(THRESHOLDS.some((each) => each === threshold) ? { threshold } : {}) }),
    [by, campaign, threshold],
  );
}

/** Whom each light reaches, what several reach, and what none does. */
export function LightsPage() {
  const { t } = useTranslation();
  const asked = useAsked();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const lights = useLong<LightList>(["lights", asked], () => listLights(asked));
  return (
    <PageLayout title={t("lights.title")} lead={t("lights.lead")} actions={<Choices asked={asked} />}>
      {lights.error ? <ProblemState error={lights.error} onRetry={lights.refetch} /> : null}
      {lights.working !== null && <WorkingState done={lights.working} />}
      {!lights.data && !lights.error && lights.working === null && <LoadingState rows={12} />}
      {lights.data && lights.data.items.length === 0 && <EmptyState title={t("lights.empty.title")} detail={t("lights.empty.detail")} />}
      {lights.data && lights.data.items.length > 0 && (
        <Survey list={lights.data} asked={asked} open={params.get("light")} onOpen={(light) => patch({ light: light ?? UNNAMED })} onClose={() => patch({ light: null })} />
      )}
    </PageLayout>
  );
}

function Choices({ asked }: { asked: LightsAsked }) {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const campaigns = useCampaigns();
  return (
    <>
      <Segmented<Grouping> value={asked.by} onChange={(by) => patch({ by: by === "unit" ? null : by, light: null })} aria-label={t("lights.by.label")} data-testid="lights-by"
        options={GROUPINGS.map((value) => ({ value, label: t(`lights.by.${value}`) }))} />
      <Select value={asked.campaign ?? ""} onChange={(campaign) => patch({ campaign: campaign || null, light: null })} popupMatchSelectWidth={false} aria-label={t("lights.campaign")} data-testid="lights-campaign"
        options={[{ value: "", label: t("lights.allCampaigns") }, ...(campaigns.data ?? []).map((each) => ({ value: each.id, label: each.name }))]} />
      <Tooltip title={t("lights.threshold.hint")}>
        <Select value={asked.threshold ?? DEFAULT_THRESHOLD} onChange={(threshold) => patch({ threshold: threshold === DEFAULT_THRESHOLD ? null : String(threshold) })} popupMatchSelectWidth={false} aria-label={t("lights.threshold.label")} data-testid="lights-threshold"
          options={THRESHOLDS.map((value) => ({ value, label: `${t("lights.threshold.label")} ${t("lights.threshold.value", { value: `${value * 100}%` })}` }))} />
      </Tooltip>
    </>
  );
}

function Survey({ list, asked, open, onOpen, onClose }: { list: LightList; asked: LightsAsked; open: string | null; onOpen: (light: string | null) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const named = useNamed(list.items, theme);
  const overlaps = useLong<OverlapList>(["light-overlaps", asked], () => listOverlaps(asked));
  const curves = useMemo(
    () => [
      { name: t("lights.growth.all"), colour: COLOURS[theme].accent, growth: list.growth },
      ...named.slice(0, CURVES_MAX).map(({ name, colour, row }) => ({ name, colour, growth: row.growth })),
    ],
    [list, named, theme, t],
  );
  // Overlaps of a moment before may speak of other lights: then they wait for their own.
  const pairs = overlaps.data && overlaps.data.lights.length === list.items.length ? overlaps.data : undefined;
  return (
    <>
      <Numbers list={list} />
      <Panel flush title={t("lights.water.title")} className={styles.waterPanel ?? ""}>
        <WaterMap list={list} lights={named} overlaps={pairs} theme={theme} onOpen={onOpen} />
      </Panel>
      <div className={styles.columns}>
        {pairs ? <OverlapMatrix overlaps={pairs} lights={named} asked={asked} /> : <Panel title={t("lights.overlap.title")}><LoadingState rows={6} /></Panel>}
        <div className={styles.stack}>
          <Panel title={t("lights.growth.title")} extra={<small className={styles.quiet}>{t("lights.growth.hint")}</small>}>
            <GrowthChart points={list.points} stepSecs={list.step_secs} curves={curves} theme={theme} />
          </Panel>
          <NewLights asked={asked} />
        </div>
      </div>
      <LightsTable list={list} lights={named} asked={asked} onOpen={onOpen} />
      <DarkWater asked={asked} />
      <p className={styles.asOf}>{t("common.state.updated", { time: format.moment(list.as_of) })}</p>
      {open !== null && (
        <LightDetail asked={asked} light={open === UNNAMED ? null : open} named={named.find(({ row }) => (row.light ?? UNNAMED) === open)} theme={theme} onOpen={onOpen} onClose={onClose} />
      )}
    </>
  );
}

function Numbers({ list }: { list: LightList }) {
  const { t } = useTranslation();
  const format = useFormats();
  const percent = (value: number): string => format.share(value, 1);
  const share = (people: number) => <em>{t("lights.stat.share", { share: format.share(people, list.known) })}</em>;
  const words = { from: percent(list.well_from), to: percent(list.weak_from), least: percent(list.threshold) };
  return (
    <div className={styles.numbers} data-testid="lights-numbers">
      <Tooltip title={t("lights.stat.knownHint")}><div><small>{t("lights.stat.known")}</small><strong>{format.count(list.known)}</strong><em>{t("lights.stat.lights")} {format.count(list.items.length + (list.others?.lights ?? 0))}</em>{list.kept_out > 0 && <em data-testid="lights-kept-out" title={t("lights.stat.keptOutHint")}>{t("lights.stat.keptOut", { count: list.kept_out })}</em>}</div></Tooltip>
      <div className={styles.main}><small>{t("lights.stat.lit")}</small><strong data-testid="lights-lit">{format.count(list.lit)}</strong>{share(list.lit)}</div>
      <Tooltip title={t("lights.bandHint.well", { from: words.from })}><div><small>{t("lights.band.well")}</small><strong>{format.count(list.bands.well)}</strong>{share(list.bands.well)}</div></Tooltip>
      <Tooltip title={t("lights.bandHint.weak", { from: words.to, to: words.from })}><div><small>{t("lights.band.weak")}</small><strong>{format.count(list.bands.weak)}</strong>{share(list.bands.weak)}</div></Tooltip>
      <Tooltip title={t("lights.bandHint.barely", { from: words.least, to: words.to })}><div><small>{t("lights.band.barely")}</small><strong>{format.count(list.bands.barely)}</strong>{share(list.bands.barely)}</div></Tooltip>
      <Tooltip title={t("lights.bandHint.dark", { to: words.least })}><div><small>{t("lights.band.dark")}</small><strong data-testid="lights-dark">{format.count(list.dark)}</strong>{share(list.dark)}</div></Tooltip>
    </div>
  );
}
