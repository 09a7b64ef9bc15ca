import { AimOutlined } from "@ant-design/icons";
import { App, Button, Select, Segmented, Tooltip } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { useFormats } from "@/app/format";
import { useChords } from "@/app/keyboard/useChords";
import { nameOf } from "@/api/types";
import { EmptyState, ProblemState } from "@/app/parts/states";
import { usePatchUrl, useUrlState } from "@/app/parts/useUrlState";
import { usePreferences } from "@/app/preferences";
import { useCampaigns, useKocs, usePerson, useSession } from "@/app/queries";
import { storeColour, UNKNOWN_COLOUR } from "@/app/theme/palette";
import { useThemeName } from "@/app/theme/useThemeName";
import { storesOf } from "@/network/model";
import { chainTo, personId } from "@/network/picture/decode";
import { growthOf } from "@/network/picture/growth";
import { useReplay, useReplayClock } from "@/network/replay/replay";
import { CirclesView } from "./CirclesView";
import { HoverCard } from "./HoverCard";
import { KocPanel } from "./KocPanel";
import { Legend } from "./Legend";
import { PersonPanel } from "./PersonPanel";
import { ReplayBar } from "./ReplayBar";
import { Tools } from "./Tools";
import { useNetworkModel } from "./useNetworkModel";
import { useSheet } from "./useSheet";
import { useShownStores } from "./useShownStores";
import { useStage } from "./useStage";
import styles from "./NetworkPage.module.css";

const KOCS = 100;
/** Narrower than this, panels start closed: the picture comes first. */
const ROOMY = 900;
const NO_STORES: [] = [];
const NO_KOCS: [] = [];

/** The cascade of one campaign: picture, stores, key people, replay, persons and paths. Its state is in the URL. */
export function NetworkPage() {
  const campaign = useParams()["campaign"] ?? "";
  const [root] = useUrlState("root");
  // A different picture is a different page: cameras, replay and choices start afresh.
  return <Network key={`${campaign} ${root ?? ""}`} campaign={campaign} root={root} />;
}

function Network({ campaign, root }: { campaign: string; root: string | null }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const session = useSession();
  const campaigns = useCampaigns();
  const { model, cascade, picture } = useNetworkModel(campaign, root);
  const kocQuery = useKocs(campaign, root, KOCS);
  const kocs = kocQuery.data?.items ?? NO_KOCS;
  const [view, setView] = useUrlState("view");
  const [person] = useUrlState("person");
  const [path, setPath] = useUrlState("path");
  const patchUrl = usePatchUrl();
  const [legendOpen, setLegendOpen] = useState(window.innerWidth >= ROOMY);
  const [kocsOpen, setKocsOpen] = useState(window.innerWidth >= ROOMY);
  const markSeen = usePreferences((state) => state.markNetworkSeen);
  const resetReplay = useReplay((state) => state.reset);

  const stores = model?.stores ?? NO_STORES;
  const ranked = useMemo(() => (cascade.data ? storesOf(cascade.data) : []), [cascade.data]);
  const listed = useMemo(() => (root ? ranked.filter((store) => store.person === root) : ranked), [ranked, root]);
  const shownStores = useShownStores(stores, listed);
  const growth = useMemo(() => (model ? growthOf(model.picture, shownStores.shown) : null), [model, shownStores.shown]);
  const colours = useMemo(() => new Map(ranked.map((store) => [store.person, store.colour])), [ranked]);
  const colourOf = useCallback(
    (person: string): string => {
      const place = colours.get(person);
      return place == null ? UNKNOWN_COLOUR[theme] : storeColour(theme, place);
    },
    [colours, theme],
  );
  const listedKocs = kocQuery.data && kocs.filter((koc) => shownStores.isShown(koc.root));
  const names = useMemo(() => new Map(kocs.map((koc) => [koc.person, nameOf(koc)])), [kocs]);
  const storeNames = useMemo(() => new Map(ranked.map((store) => [store.person, store.name])), [ranked]);
  const storeOf = useCallback((each: string): string => storeNames.get(each) ?? t("common.unknownStore"), [storeNames, t]);
  const insets = useMemo(
    () => ({ left: legendOpen ? 226 : 0, right: person ? 396 : kocsOpen ? 276 : 0, top: 0, bottom: 84 }),
    [legendOpen, kocsOpen, person],
  );

  const host = useRef<HTMLDivElement>(null);
  const centreName = root ? "" : (cascade.data?.campaign.name ?? "");
  const { stage, failed, hovered } = useStage(host, {
    model, theme, shown: shownStores.shown, insets, centreName, kocs,
    onPick: (index) => {
      if (!model) return;
      patchUrl({ path: null, person: index === null ? null : personId(model.picture, index) });
    },
  });

  useReplayClock();
  useEffect(() => resetReplay, [resetReplay]);
  useEffect(() => {
    if (stage) markSeen(campaign);
  }, [stage, campaign, markSeen]);

  // The chosen person's own way from the root is lit until a reach path is chosen instead.
  const chosen = usePerson(person);
  const chain = chosen.data?.campaigns.find((each) => each.campaign.id === campaign)?.chain;
  useEffect(() => {
    const index = person ? model?.indexOf.get(person) : undefined;
    stage?.choose(index ?? null);
    if (!stage || !model || path !== null) return;
    if (index === undefined) stage.light([], new Map());
    else {
      const known = chain?.flatMap((each) => {
        const at = model.indexOf.get(each.person);
        return at === undefined ? [] : [[at, nameOf(each)] as const];
      });
      stage.light([{ people: chainTo(model.picture, index), faint: false }], new Map(known));
    }
  }, [stage, model, person, path, chain]);

  const locate = useCallback(
    (wanted: string) => {
      const index = model?.indexOf.get(wanted);
      if (index === undefined) void message.info(t("network.person.notHere"));
      else stage?.flyTo(index);
    },
    [model, stage, message, t],
  );
  const open = useCallback(
    (wanted: string) => {
      patchUrl({ path: null, person: wanted });
      const index = model?.indexOf.get(wanted);
      if (index !== undefined) stage?.flyTo(index);
    },
    [model, stage, patchUrl],
  );
  const lightPaths = useCallback(
    (chosen: number | null, paths: string[][], known: Map<string, string>) => {
      setPath(chosen === null ? null : String(chosen));
      if (!stage || !model || chosen === null) return;
      const indexes = (people: string[]): number[] => people.flatMap((each) => model.indexOf.get(each) ?? []);
      stage.light(
        paths.map((people, at) => ({ people: indexes(people), faint: at !== chosen })),
        new Map((paths[chosen] ?? []).flatMap((each) => {
          const index = model.indexOf.get(each);
          return index === undefined ? [] : [[index, known.get(each) ?? each] as const];
        })),
      );
      stage.fitPeople(indexes(paths.flat()));
    },
    [stage, model, setPath],
  );
  useChords([
    { keys: [" "], run: () => useReplay.getState().toggle() },
    { keys: ["f"], run: () => stage?.fit() },
    { keys: ["Escape"], run: () => patchUrl(path === null ? { person: null } : { path: null }) },
  ]);
  const exportSheet = useSheet({ stage, host, cascade: cascade.data, stores: listed, isShown: shownStores.isShown, colourOf, theme, picture: model?.picture ?? null });
  const focus = (wanted: string | null): void => void navigate(`/network/${encodeURIComponent(campaign)}${wanted ? `?root=${wanted}` : ""}`);

  const focused = root ? ranked.find((store) => store.person === root) : null;
  const shownNumbers = focused?.root ?? cascade.data;
  const myRoot = cascade.data?.roots.find((each) => each.staff != null && each.staff === session.data?.staff.id) ?? null;
  const problem = (picture.error && !picture.data && picture) || (cascade.error && !cascade.data && cascade) || null;
  const right = (person ? 396 : kocsOpen ? 276 : 44) + 12;

  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <h1>
          <Select
            variant="borderless" size="large" value={campaign} popupMatchSelectWidth={false} data-testid="campaign-select"
            style={{ fontWeight: 650, marginLeft: -11 }} aria-label={t("today.switchCampaign")}
            onChange={(id) => void navigate(`/network/${encodeURIComponent(id)}`)}
            options={(campaigns.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
          />
        </h1>
        {focused && <Button size="small" icon={<AimOutlined />} onClick={() => focus(null)} data-testid="unfocus">{focused.name} · {t("network.tools.whole")}</Button>}
        {shownNumbers && (
          <div className={styles.numbers} data-testid="numbers">
            <span><b>{format.count(shownNumbers.people)}</b>{t("network.numbers.people")}</span>
            <span><b>{format.count(shownNumbers.fans)}</b>{t("network.numbers.fans")}</span>
            <span><b>{"share_levels_max" in shownNumbers ? shownNumbers.share_levels_max : shownNumbers.share_levels}</b>{t("network.numbers.levels")}</span>
            {model && model.picture.outs > 0 && (
              <Tooltip title={t("network.numbers.outWhy")}>
                <Link to="/fraud" className={styles.out} data-testid="picture-out"><i /><b>{format.count(model.picture.outs)}</b>{t("network.numbers.out")}</Link>
              </Tooltip>
            )}
          </div>
        )}
        <span className={styles.grow} />
        <Segmented
          value={view === "circles" ? "circles" : "picture"} onChange={(next) => setView(next === "circles" ? next : null)} data-testid="view-switch"
          options={[
            { value: "picture", label: <span data-testid="view-picture">{t("network.view.picture")}</span> },
            { value: "circles", label: <span data-testid="view-circles">{t("network.view.circles")}</span> },
          ]}
        />
      </div>
      <div className={styles.body}>
        <div ref={host} className={styles.canvas} data-testid="network-canvas" data-ready={stage !== null} />
        {problem && <div className={styles.waiting}><ProblemState error={problem.error} onRetry={() => void problem.refetch()} /></div>}
        {!problem && !model && <div className={styles.waiting} aria-busy="true"><div className={styles.pulse}>{t("common.state.loading")}</div></div>}
        {model?.picture.n === 0 && <div className={styles.waiting}><EmptyState title={t("network.empty.title")} detail={t("network.empty.detail")} /></div>}
        {failed && <div className={styles.waiting}><EmptyState title={t("network.webgl.title")} detail={t("network.webgl.detail")} /></div>}
        {model && growth && model.picture.n > 0 && (
          <>
            <Legend stores={listed} theme={theme} isShown={shownStores.isShown} onToggle={shownStores.toggle} onSolo={shownStores.solo}
              onAll={shownStores.showAll} onNone={shownStores.hideAll} onFocus={focus} open={legendOpen} onOpen={setLegendOpen} />
            {!person && (
              <KocPanel campaign={campaign} root={root} kocs={listedKocs} error={kocQuery.error} onRetry={() => void kocQuery.refetch()}
                colourOf={colourOf} storeOf={storeOf} chosen={person} onChoose={open} open={kocsOpen} onOpen={setKocsOpen} />
            )}
            <Tools stage={stage} onExport={exportSheet} right={right} />
            <ReplayBar picture={model.picture} growth={growth} right={person && window.innerWidth >= ROOMY ? 408 : 12} />
            {hovered && stage && <HoverCard hovered={hovered} model={model} theme={theme} known={names} />}
          </>
        )}
        {person && model && (
          <PersonPanel key={person} person={person} campaign={campaign} koc={kocs.find((koc) => koc.person === person)} colourOf={colourOf} storeOf={storeOf} myRoot={myRoot}
            path={path === null ? null : Number(path)} onPath={lightPaths} onOpen={open} onLocate={locate}
            onClose={() => patchUrl({ path: null, person: null })} />
        )}
        {view === "circles" && cascade.data && <CirclesView cascade={cascade.data} theme={theme} onFocus={focus} />}
      </div>
    </div>
  );
}
