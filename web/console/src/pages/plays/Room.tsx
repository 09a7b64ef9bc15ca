import { CheckCircleFilled, DownloadOutlined, PauseCircleOutlined, PlayCircleOutlined, StopOutlined, WarningFilled } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm, Progress, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { grantsCsv, listGrants, readLedger, switchPlay, type Play, type PlayGrant } from "@/api/plays";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { EmptyState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { GuardPanel } from "./GuardPanel";
import { playKeys } from "./keys";
import { PHASE_COLOUR } from "./PlaysPage";
import styles from "./Plays.module.css";

/** A play that runs: numbers, stock, budget, and the switch that stops it. */
export function Room({ play }: { play: Play }) {
  const { t } = useTranslation();
  const format = useFormats();
  const may = useMay();
  const numbers = play.numbers;
  return (
    <PageLayout
      title={<>{play.name} <Tag variant="filled" color={PHASE_COLOUR[play.phase]} data-testid="play-phase">{t(`plays.phase.${play.phase}`)}</Tag></>}
      lead={`${t(`plays.kind.${play.kind}`)} · ${t(`plays.channel.${play.channel}`)} · ${format.moment(play.starts_at)} – ${format.moment(play.ends_at)}`}
      actions={may("manage_campaigns") && <Switches play={play} />}>
      {numbers ? (
        <>
          <dl className={styles.numbers} data-testid="play-numbers">
            {([["begun", numbers.begun], ["completed", numbers.completed], ["helped", numbers.helped], ["newcomers", numbers.newcomers]] as const).map(([word, value]) => (
              <div key={word}><dt>{t(`plays.number.${word}`)}</dt><dd>{format.count(value)}</dd></div>
            ))}
            <div><dt>{t("plays.number.perNewcomer")}</dt><dd>{numbers.fen_per_newcomer == null ? "—" : format.money(numbers.fen_per_newcomer)}</dd></div>
          </dl>
          <div className={styles.split}>
            <div className={styles.column}>
              <Panel title={t("plays.room.stock")}>
                {numbers.stocks.map((stock) => (
                  <div key={stock.reward} className={styles.stock} data-testid={`stock-${stock.reward}`}>
                    <strong>{stock.name}</strong>
                    <Progress percent={(100 * (stock.held + stock.given)) / stock.stock} success={{ percent: (100 * stock.given) / stock.stock, strokeColor: "var(--accent)" }} showInfo={false} size="small" />
                    <small>{t("plays.room.stockOf", { given: stock.given, held: stock.held, left: stock.left, stock: stock.stock })}</small>
                  </div>
                ))}
              </Panel>
              {may("manage_campaigns") && <Grants play={play} />}
            </div>
            <div className={styles.side}>
              <Panel title={t("plays.room.budget")}>
                <div className={styles.stock}>
                  <strong>{format.money(numbers.spent_fen)} <small>/ {format.money(play.budget_fen)}</small></strong>
                  <Progress percent={play.budget_fen > 0 ? (100 * (numbers.spent_fen + numbers.held_fen)) / play.budget_fen : 0} success={{ percent: play.budget_fen > 0 ? (100 * numbers.spent_fen) / play.budget_fen : 0, strokeColor: "var(--accent)" }} showInfo={false} size="small" />
                  <small>{t("plays.room.held", { money: format.money(numbers.held_fen) })}</small>
                </div>
                {may("manage_campaigns") && <Reconciled play={play} />}
              </Panel>
              <GuardPanel guard={play.guard} />
            </div>
          </div>
        </>
      ) : <Panel><EmptyState title={t("plays.room.scoped")} /></Panel>}
    </PageLayout>
  );
}

function Switches({ play }: { play: Play }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const refusal = useRefusal();
  const turn = useMutation({
    mutationFn: (phase: "live" | "paused" | "ended") => switchPlay(play.id, phase),
    onSuccess: (now) => {
      cache.setQueryData(playKeys.one(now.id), now);
      void cache.invalidateQueries({ queryKey: playKeys.list });
    },
    onError: (error) => void message.error(refusal(error)),
  });
  return (
    <>
      {play.phase === "live" && <Button danger icon={<PauseCircleOutlined />} loading={turn.isPending} onClick={() => turn.mutate("paused")} data-testid="play-pause">{t("plays.room.pause")}</Button>}
      {play.phase === "paused" && <Button type="primary" icon={<PlayCircleOutlined />} loading={turn.isPending} onClick={() => turn.mutate("live")} data-testid="play-resume">{t("plays.room.resume")}</Button>}
      {(play.phase === "live" || play.phase === "paused") && (
        <Popconfirm title={t("plays.room.endSure")} okText={t("plays.room.end")} cancelText={t("common.action.cancel")} onConfirm={() => turn.mutate("ended")}>
          <Button icon={<StopOutlined />} data-testid="play-end">{t("plays.room.end")}</Button>
        </Popconfirm>
      )}
    </>
  );
}

/** Every transfer added up anew, beside the counters. */
function Reconciled({ play }: { play: Play }) {
  const { t } = useTranslation();
  const ledger = useQuery({ queryKey: playKeys.ledger(play.id), queryFn: () => readLedger(play.id), refetchInterval: play.phase === "live" ? 30_000 : false });
  if (!ledger.data) return null;
  return (
    <p className={styles.reconciled} data-testid="play-reconciled">
      {ledger.data.agrees ? <CheckCircleFilled className={styles.good ?? ""} /> : <WarningFilled className={styles.bad ?? ""} />}
      {t(ledger.data.agrees ? "plays.room.agrees" : "plays.room.differs")}
    </p>
  );
}

const GRANT_COLOUR = { held: "gold", given: "green", void: "default", back: "red" } as const;

function Grants({ play }: { play: Play }) {
  const { t } = useTranslation();
  const format = useFormats();
  const grants = useQuery({ queryKey: playKeys.grants(play.id), queryFn: () => listGrants(play.id), refetchInterval: play.phase === "live" ? 10_000 : false });
  const names = new Map(play.declaration.rewards.map(({ id, name }) => [id, name]));
  const columns: TableColumnsType<PlayGrant> = [
    { title: t("plays.room.who"), dataIndex: "who", render: (who: string) => <code>{who}</code> },
    { title: t("plays.room.reward"), dataIndex: "reward", render: (reward: string) => names.get(reward) ?? reward },
    { title: t("plays.room.state"), dataIndex: "state", render: (state: PlayGrant["state"]) => <Tag variant="filled" color={GRANT_COLOUR[state]}>{t(`plays.grant.${state}`)}</Tag> },
    { title: t("plays.room.cost"), dataIndex: "cost_fen", align: "right", render: format.money },
    { title: t("plays.room.at"), dataIndex: "at", align: "right", render: format.second },
  ];
  return (
    <Panel flush title={t("plays.room.grants")} extra={<Button size="small" icon={<DownloadOutlined />} href={grantsCsv(play.id)} download data-testid="grants-csv">{t("plays.csv")}</Button>}>
      {grants.error && !grants.data ? <ProblemState error={grants.error} onRetry={() => void grants.refetch()} /> : null}
      {grants.data?.items.length === 0 && <EmptyState title={t("plays.room.noGrants")} />}
      {(grants.data?.items.length ?? 0) > 0 && <Table<PlayGrant> size="small" rowKey={(row) => `${row.who}/${row.reward}/${row.period}/${row.at}`} columns={columns} dataSource={grants.data?.items ?? []} scroll={{ x: "max-content" }} pagination={false} data-testid="grant-table" />}
    </Panel>
  );
}
