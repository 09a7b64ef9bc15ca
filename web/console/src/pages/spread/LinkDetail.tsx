import { CopyOutlined, DownloadOutlined, PoweroffOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Drawer, Grid, Popconfirm, Tag, Tooltip } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { addressOf, changeLink, contentKeys, daysCsv, listDays, qrOf, type LinkDay, type SpreadLink } from "@/api/content";
import { NOTHING, useFormats } from "@/app/format";
import { Chart, chartBase } from "@/app/parts/Chart";
import { useRefusal } from "@/app/parts/refusal";
import { ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { useCampaigns } from "@/app/queries";
import { useThemeName } from "@/app/theme/useThemeName";
import { COLOURS } from "@/app/theme/tokens";
import { Funnel } from "./Funnel";
import { STATE_COLOUR } from "./LinksPage";
import { useTargetWords } from "./targets";
import styles from "./Spread.module.css";

const DAYS = 30;

/** A link with its code, what came of it, and what can be done about it. */
export function LinkDetail({ link, onClose }: { link: SpreadLink; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const may = useMay();
  const format = useFormats();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const target = useTargetWords();
  const campaigns = useCampaigns();
  const wide = Grid.useBreakpoint().md ?? true;
  const days = useQuery({ queryKey: contentKeys.days(link.code), queryFn: () => listDays(link.code, DAYS) });
  const change = useMutation({
    mutationFn: (on: boolean) => changeLink(link.code, { revision: link.revision, on }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["content"] }),
  });
  const address = addressOf(link.path);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(address);
    void message.success(t("spread.detail.copied"));
  };
  const rows: [string, string][] = [
    [t("spread.column.target"), target(link.target)],
    [t("spread.column.campaign"), campaigns.data?.find(({ id }) => id === link.campaign)?.name ?? link.campaign ?? NOTHING],
    [t("spread.column.owner"), [link.unit?.name, link.staff?.name, link.channel].filter(Boolean).join(" · ") || NOTHING],
    [t("spread.form.expires"), link.expires_at ? format.moment(link.expires_at) : t("spread.form.never")],
    [t("spread.column.made"), format.moment(link.created_at)],
  ];
  return (
    <Drawer open onClose={onClose} size={wide ? 560 : "100%"} data-testid="link-detail"
      title={<span className={styles.title}>{link.name}<Tag variant="filled" color={STATE_COLOUR[link.state]}>{t(`spread.state.${link.state}`)}</Tag></span>}
      extra={may("start_spreads") && link.state !== "expired" && (link.state === "on"
        ? <Popconfirm title={t("spread.detail.offTitle")} description={t("spread.detail.offDetail")} onConfirm={() => change.mutate(false)} okText={t("spread.detail.off")} cancelText={t("common.action.cancel")}><Button danger icon={<PoweroffOutlined />} loading={change.isPending} data-testid="link-off">{t("spread.detail.off")}</Button></Popconfirm>
        : <Button icon={<PoweroffOutlined />} loading={change.isPending} onClick={() => change.mutate(true)} data-testid="link-on">{t("spread.detail.on")}</Button>)}>
      {change.error && <Alert type="error" showIcon title={refusal(change.error)} style={{ marginBottom: 12 }} />}
      <div className={styles.head}>
        <img src={qrOf(link.code, "svg")} width={168} height={168} alt={t("spread.detail.qr", { address })} className={styles.qr} />
        <div>
          <div className={styles.address}><code>{address}</code><Tooltip title={t("spread.detail.copy")}><Button size="small" type="text" icon={<CopyOutlined />} onClick={() => void copy()} aria-label={t("spread.detail.copy")} data-testid="link-copy" /></Tooltip></div>
          <dl className={styles.facts}>{rows.map(([word, value]) => <div key={word}><dt>{word}</dt><dd>{value}</dd></div>)}</dl>
          <div className={styles.tools}>
            <Button size="small" icon={<DownloadOutlined />} href={qrOf(link.code, "png")} download={`${link.code}.png`}>PNG</Button>
            <Button size="small" icon={<DownloadOutlined />} href={qrOf(link.code, "svg")} download={`${link.code}.svg`}>SVG</Button>
          </div>
        </div>
      </div>
      {link.spreads && <p className={styles.note}>{t("spread.detail.spreads")}</p>}
      <h3 className={styles.heading}>{t("spread.detail.funnel")}</h3>
      <Funnel counts={link.counts} code={link.kind !== "link"} />
      <h3 className={styles.heading}>{t("spread.detail.days", { days: DAYS })}<Button size="small" type="link" href={daysCsv(link.code)} download>{t("spread.csv")}</Button></h3>
      {days.error ? <ProblemState error={days.error} onRetry={() => void days.refetch()} /> : null}
      {days.data && (days.data.items.length > 0 ? <Days days={days.data.items} /> : <p className={styles.note}>{t("spread.detail.nothing")}</p>)}
    </Drawer>
  );
}

const DAY_MS = 86_400_000;

/** Every day of the span, those on which nothing happened too. */
export function filled(days: LinkDay[]): { at: number; opens: number; acted: number }[] {
  const by = new Map(days.map((day) => [Date.parse(day.day), day]));
  const first = Math.min(...by.keys());
  const last = Math.max(...by.keys());
  const count = Math.round((last - first) / DAY_MS) + 1;
  return Array.from({ length: count }, (_, at) => first + at * DAY_MS).map((at) => ({ at, opens: by.get(at)?.opens ?? 0, acted: by.get(at)?.acted ?? 0 }));
}

function Days({ days }: { days: LinkDay[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const option = useMemo(() => {
    const base = chartBase(theme);
    const shown = filled(days);
    const bar = { type: "bar", barMaxWidth: 18 };
    return {
      textStyle: base.text, animationDuration: 300, grid: { left: 4, right: 8, top: 28, bottom: 0, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 10, itemHeight: 10, textStyle: { color: COLOURS[theme].textSecondary } },
      tooltip: { ...base.tooltip, trigger: "axis" },
      xAxis: { type: "category", data: shown.map(({ at }) => format.day(at)), ...base.axis },
      yAxis: { type: "value", minInterval: 1, ...base.axis },
      series: [
        { ...bar, name: t("spread.detail.opens"), color: COLOURS[theme].accent, data: shown.map(({ opens }) => opens) },
        { ...bar, name: t("spread.funnel.acted"), color: theme === "dark" ? "#5B8FF9" : "#3B6FD9", data: shown.map(({ acted }) => acted) },
      ],
    };
  }, [days, theme, format, t]);
  return <Chart option={option} height={180} label={t("spread.detail.days", { days: DAYS })} />;
}
