import { DownloadOutlined, ExpandOutlined, PictureOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Input, Segmented, Select, Space, Tooltip } from "antd";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { listTags } from "@/api/audience";
import { egoCsv, readEgo } from "@/api/explore";
import { listUnits } from "@/api/organisation";
import type { EgoView } from "@/api/types";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { keys } from "@/app/queries";
import { download } from "@/network/exportPicture";
import { useStoreColours } from "@/network/useStoreColours";
import { audienceKeys } from "../audience/keys";
import { EgoCanvas, type EgoCanvasHandle } from "./EgoCanvas";
import { Inspector } from "./Inspector";
import { PersonSearch } from "./PersonSearch";
import { DAYS, FILTERS, queryOf, ROOMS } from "./query";
import styles from "./Explore.module.css";

/** A person in the middle, and whom they are tied to around them. */
export function Surroundings() {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [now] = useState(() => Date.now());
  const [picked, setPicked] = useState<string | null>(null);
  const canvas = useRef<EgoCanvasHandle>(null);
  const query = queryOf(params, now);
  const ego = useQuery({
    queryKey: keys.ego(query),
    queryFn: ({ signal }) => readEgo(query ?? { person: "", circles: 1, limit: 1 }, signal),
    enabled: query !== null,
    placeholderData: keepPreviousData,
  });
  const center = useCallback((person: string) => {
    setPicked(null);
    patch({ person });
  }, [patch]);
  const view = query ? ego.data : undefined;
  const chosen = view?.people.find((person) => person.person === picked) ?? view?.people[0];
  const colourOf = useStoreColours(null);
  const save = async (): Promise<void> => {
    const blob = await canvas.current?.png();
    if (blob) download(blob, `explore-${query?.person ?? ""}.png`);
  };
  return (
    <>
      <Filters onFound={center} />
      {!query && <EmptyState title={t("explore.empty.title")} detail={t("explore.empty.detail")} action={<Button onClick={() => void navigate("/kocs")}>{t("explore.empty.kocs")}</Button>} />}
      {query && ego.error && !view ? <ProblemState error={ego.error} onRetry={() => void ego.refetch()} /> : null}
      {query && ego.isPending && <LoadingState rows={10} />}
      {query && view && chosen && (
        <div className={styles.scene} data-stale={ego.isPlaceholderData}>
          <div className={styles.stage}>
            <EgoCanvas ref={canvas} view={view} chosen={chosen.person} colourOf={colourOf} onChoose={setPicked} onCenter={center} />
            <div className={styles.tools}>
              <Tooltip title={t("explore.fit")}><Button size="small" icon={<ExpandOutlined />} onClick={() => canvas.current?.fit()} aria-label={t("explore.fit")} /></Tooltip>
              <Tooltip title={t("explore.png")}><Button size="small" icon={<PictureOutlined />} onClick={() => void save()} aria-label={t("explore.png")} data-testid="explore-png" /></Tooltip>
              <Tooltip title={t("explore.csv")}><Button size="small" icon={<DownloadOutlined />} href={egoCsv(query)} download aria-label={t("explore.csv")} data-testid="explore-csv" /></Tooltip>
            </div>
            <Rings view={view} />
          </div>
          <Inspector person={chosen} view={view} onCenter={center} />
        </div>
      )}
    </>
  );
}

function Rings({ view }: { view: EgoView }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.rings} data-testid="explore-rings">
      {view.circles.length === 0 && <li>{t("explore.empty.alone")} <small>{t("explore.empty.aloneDetail")}</small></li>}
      {view.circles.map(({ circle, shown, more, is_exact }) => (
        <li key={circle}>
          {t("explore.shown", { circle, shown })} {more > 0 && <small>{t(is_exact ? "explore.andMore" : "explore.andAtLeast", { count: more })}</small>}
        </li>
      ))}
      <li className={styles.faint}>{t("explore.hint")}</li>
    </ul>
  );
}

function Filters({ onFound }: { onFound: (person: string) => void }) {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits });
  const tags = useQuery({ queryKey: audienceKeys.tags, queryFn: listTags });
  const groups = [...new Set(tags.data?.items.map(({ group }) => group))];
  const set = (name: string) => (value?: string | number | null): void => patch({ [name]: value == null ? null : String(value) });
  const active = FILTERS.some((name) => params.get(name));
  return (
    <Space wrap className={styles.filters}>
      <PersonSearch onFound={onFound} />
      <Segmented value={Number(params.get("circles") ?? 2)} onChange={set("circles")} aria-label={t("explore.circles")} data-testid="explore-circles"
        options={[1, 2, 3, 4].map((n) => ({ value: n, label: t("explore.circleN", { n }) }))} />
      <Select style={{ width: 165 }} value={Number(params.get("room") ?? 24)} onChange={set("room")} aria-label={t("explore.room")} options={ROOMS.map((room) => ({ value: room, label: `${t("explore.room")} ${room}` }))} popupMatchSelectWidth={false} />
      <Select allowClear showSearch={{ optionFilterProp: "label" }} style={{ width: 160 }} placeholder={t("explore.filter.unit")} value={params.get("unit")} onChange={set("unit")} data-testid="explore-unit"
        options={(units.data ?? []).filter((unit) => unit.kind === "store").map(({ id, name }) => ({ value: id, label: name }))} />
      <Select allowClear showSearch={{ optionFilterProp: "label" }} style={{ width: 140 }} placeholder={t("explore.filter.tag")} value={params.get("tag")} onChange={set("tag")} popupMatchSelectWidth={false} aria-label={t("explore.filter.tag")} data-testid="explore-tag"
        options={groups.map((group) => ({ label: group, options: (tags.data?.items ?? []).filter((each) => each.group === group).map(({ tag, name }) => ({ value: tag, label: name })) }))} />
      <Select allowClear style={{ width: 100 }} placeholder={t("explore.filter.kind")} value={params.get("kind")} onChange={set("kind")} data-testid="explore-kind"
        options={[{ value: "fan", label: t("explore.legend.fan") }, { value: "visitor", label: t("explore.legend.visitor") }]} />
      <Select allowClear style={{ width: 120 }} placeholder={t("explore.filter.paid")} value={params.get("paid")} onChange={set("paid")}
        options={[{ value: "yes", label: t("explore.filter.hasPaid") }, { value: "no", label: t("explore.filter.notPaid") }]} />
      <Select allowClear style={{ width: 170 }} placeholder={t("explore.filter.days")} value={params.get("days")} onChange={(days?: string | null) => patch({ days: days ?? null, from: null, to: null })} data-testid="explore-days" popupMatchSelectWidth={false}
        options={DAYS.map((count) => ({ value: String(count), label: t("explore.filter.daysN", { count }) }))} />
      {(["from", "to"] as const).map((end) => (
        <Input key={end} type="date" prefix={t(`explore.filter.${end}`)} style={{ width: 185 }} value={params.get(end) ?? ""} aria-label={`${t("explore.filter.between")} ${t(`explore.filter.${end}`)}`}
          onChange={(event) => patch({ days: null, [end]: event.target.value || null })} data-testid={`explore-${end}`} />
      ))}
      {active && <Button type="link" size="small" onClick={() => patch(Object.fromEntries(FILTERS.map((name) => [name, null])))}>{t("explore.filter.clear")}</Button>}
    </Space>
  );
}
