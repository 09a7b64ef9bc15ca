import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, InputNumber, Select, Switch } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Declaration, PlayReward } from "@/api/plays";
import { Panel } from "@/app/parts/PageLayout";
import { CHANNELS, EDGE, GATES, worstCost } from "./templates";
import styles from "./Plays.module.css";

interface Part {
  play: Declaration;
  onChange: (play: Declaration) => void;
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return <label className={styles.field}>{label}{children}</label>;
}

function Count({ label, value, onChange, min = 0, suffix }: { label: string; value: number; onChange: (value: number) => void; min?: number; suffix?: string }) {
  return <Field label={label}><InputNumber aria-label={label} value={value} min={min} precision={0} suffix={suffix} onChange={(next) => onChange(next ?? min)} /></Field>;
}

/** Money is in fen below, and typed in yuan. */
function Yuan({ label, fen, onChange, min = 0 }: { label: string; fen: number; onChange: (fen: number) => void; min?: number }) {
  return <Field label={label}><InputNumber aria-label={label} value={fen / 100} min={min / 100} precision={2} prefix="¥" onChange={(next) => onChange(Math.round((next ?? 0) * 100))} /></Field>;
}

/** An instant, in the reader's own time. */
function Moment({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const at = new Date(value);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  return <Field label={label}><Input type="datetime-local" value={local} onChange={({ target }) => target.value && onChange(new Date(target.value).toISOString())} /></Field>;
}

const HOUR = 3600;

/** What a play declares, field by field; only what its kind has. */
export function PlayForm({ play, onChange }: Part) {
  return (
    <>
      <Basics play={play} onChange={onChange} />
      <Counting play={play} onChange={onChange} />
      <Rewards play={play} onChange={onChange} />
      <Bounds play={play} onChange={onChange} />
    </>
  );
}

function Basics({ play, onChange }: Part) {
  const { t } = useTranslation();
  return (
    <Panel title={t("plays.form.basics")}>
      <div className={styles.row}>
        <Field label={t("plays.form.channel")}>
          <Select aria-label={t("plays.form.channel")} value={play.channel} onChange={(channel) => onChange({ ...play, channel })} options={CHANNELS.map((each) => ({ value: each, label: t(`plays.channel.${each}`) }))} data-testid="play-channel" />
        </Field>
        <Field label={t("plays.form.organiser")}>
          <Input value={play.terms.organiser} maxLength={100} onChange={({ target }) => onChange({ ...play, terms: { ...play.terms, organiser: target.value } })} data-testid="play-organiser" />
        </Field>
      </div>
      <div className={styles.row} style={{ marginTop: 12 }}>
        <Moment label={t("plays.form.starts")} value={play.starts_at} onChange={(starts_at) => onChange({ ...play, starts_at })} />
        <Moment label={t("plays.form.ends")} value={play.ends_at} onChange={(ends_at) => onChange({ ...play, ends_at })} />
      </div>
      <div className={styles.row} style={{ marginTop: 12 }}>
        <Field label={t("plays.form.terms")}>
          <Input.TextArea value={play.terms.text} autoSize={{ minRows: 2, maxRows: 8 }} maxLength={20_000} onChange={({ target }) => onChange({ ...play, terms: { ...play.terms, text: target.value } })} data-testid="play-terms" />
        </Field>
      </div>
    </Panel>
  );
}

function Counting({ play, onChange }: Part) {
  const { t } = useTranslation();
  const { progress, chance, thresholds = [] } = play;
  const friends = progress.by === "count" || progress.by === "sum" || progress.by === "paid_seats" || (progress.by === "set" && progress.from === "help");
  return (
    <Panel title={t("plays.form.counting")}>
      <div className={styles.row}>
        {progress.by === "paid_seats" && <>
          <Count label={t("plays.form.seats")} value={thresholds[0]?.at ?? 3} min={2} onChange={(at) => onChange({ ...play, thresholds: thresholds.map((one) => ({ ...one, at })) })} />
          <Yuan label={t("plays.form.price")} fen={progress.price_fen} min={1} onChange={(price_fen) => onChange({ ...play, progress: { ...progress, price_fen } })} />
        </>}
        {progress.by === "sum" && <>
          <Yuan label={t("plays.form.start")} fen={progress.start_fen} onChange={(start_fen) => onChange({ ...play, progress: { ...progress, start_fen } })} />
          <Yuan label={t("plays.form.floor")} fen={progress.floor_fen} onChange={(floor_fen) => onChange({ ...play, progress: { ...progress, floor_fen } })} />
          <Count label={t("plays.form.cuts")} value={progress.helpers} min={1} onChange={(helpers) => onChange({ ...play, progress: { ...progress, helpers } })} />
          <Yuan label={t("plays.form.lowest")} fen={progress.lowest_7d_fen} onChange={(lowest_7d_fen) => onChange({ ...play, progress: { ...progress, lowest_7d_fen } })} />
        </>}
        {progress.by === "set" && (
          <Field label={t("plays.form.cardsFrom")}>
            <Select value={progress.from ?? "check_in"} onChange={(from) => onChange({ ...play, progress: { ...progress, from } })} options={(["check_in", "help"] as const).map((each) => ({ value: each, label: t(`plays.form.from.${each}`) }))} />
          </Field>
        )}
        {chance?.of === "packet" && <>
          <Yuan label={t("plays.form.fund")} fen={chance.total_fen} min={1} onChange={(total_fen) => onChange({ ...play, chance: { ...chance, total_fen } })} />
          <Count label={t("plays.form.packets")} value={chance.count} min={1} onChange={(count) => onChange({ ...play, chance: { ...chance, count } })} />
          <Yuan label={t("plays.form.least")} fen={chance.min_fen} min={1} onChange={(min_fen) => onChange({ ...play, chance: { ...chance, min_fen } })} />
        </>}
        {friends && progress.by !== "paid_seats" && <Count label={t("plays.form.helps")} value={play.edge?.helps_per_person ?? 3} min={1} onChange={(helps_per_person) => onChange({ ...play, edge: { ...EDGE, ...play.edge, helps_per_person } })} />}
      </div>
      <div className={styles.switches}>
        {chance?.of === "packet" && <label><Switch size="small" checked={chance.even ?? false} onChange={(even) => onChange({ ...play, chance: { ...chance, even } })} />{t("plays.form.even")}</label>}
        {progress.by === "instant" && <label><Switch size="small" checked={progress.daily ?? false} onChange={(daily) => onChange({ ...play, progress: { ...progress, daily } })} />{t("plays.form.daily")}</label>}
        <label><Switch size="small" checked={play.gates?.newcomers_only ?? false} onChange={(newcomers_only) => onChange({ ...play, gates: { ...GATES, ...play.gates, newcomers_only } })} />{t("plays.form.newcomers")}</label>
        <label><Switch size="small" checked={play.gates?.signed_in ?? false} onChange={(signed_in) => onChange({ ...play, gates: { ...GATES, ...play.gates, signed_in } })} />{t("plays.form.signedIn")}</label>
        {friends && progress.by !== "paid_seats" && <>
          <label><Switch size="small" checked={play.edge?.newcomers_only ?? false} onChange={(newcomers_only) => onChange({ ...play, edge: { ...EDGE, ...play.edge, newcomers_only } })} />{t("plays.form.newFriends")}</label>
          <label><Switch size="small" checked={play.edge?.earned_by === "share"} onChange={(share) => onChange({ ...play, edge: { ...EDGE, ...play.edge, earned_by: share ? "share" : "act" } })} data-testid="play-share" />{t("plays.form.share")}</label>
        </>}
        {progress.by === "count" && <>
          <label><Switch size="small" checked={play.gates?.by_order ?? false} onChange={(by_order) => onChange({ ...play, gates: { ...GATES, ...play.gates, by_order } })} />{t("plays.form.byOrder")}</label>
          <label><Switch size="small" checked={play.edge?.final_at === "claimed"} onChange={(late) => onChange({ ...play, edge: { ...EDGE, ...play.edge, final_at: late ? "claimed" : "reached" } })} />{t("plays.form.finalAtClaim")}</label>
        </>}
        {progress.by === "paid_seats" && <label><Switch size="small" checked={play.on_expire === "fill_virtually"} onChange={(fill) => onChange({ ...play, on_expire: fill ? "fill_virtually" : "refund" })} />{t("plays.form.virtual")}</label>}
      </div>
    </Panel>
  );
}

function Rewards({ play, onChange }: Part) {
  const { t } = useTranslation();
  const { thresholds = [], chance, progress } = play;
  const change = (id: string, more: Partial<PlayReward>): void => onChange({ ...play, rewards: play.rewards.map((one) => (one.id === id ? { ...one, ...more } : one)) });
  const tiers = progress.by === "count" || progress.by === "streak";
  const lottery = chance?.of === "lottery" ? chance : null;
  const add = (): void => {
    const taken = new Set(play.rewards.map(({ id }) => id));
    const id = Array.from({ length: 60 }, (_, at) => `r${at + 1}`).find((each) => !taken.has(each)) ?? "r";
    const reward: PlayReward = { id, name: t("plays.form.newReward"), kind: "goods", cost_fen: 0, value_fen: 0, stock: 100, to: "owner" };
    const rewards = [...play.rewards, reward];
    if (lottery) onChange({ ...play, rewards, chance: { ...lottery, prizes: [...lottery.prizes, { reward: id, ppm: 0 }] } });
    else onChange({ ...play, rewards, thresholds: [...thresholds, { at: (thresholds.at(-1)?.at ?? 0) + 1, reward: id }] });
  };
  const remove = (id: string): void => onChange({
    ...play,
    rewards: play.rewards.filter((one) => one.id !== id),
    thresholds: thresholds.filter((one) => one.reward !== id),
    ...(lottery ? { chance: { ...lottery, prizes: lottery.prizes.filter((one) => one.reward !== id) } } : {}),
  });
  return (
    <Panel title={t("plays.form.rewards")} extra={(tiers || lottery) && <Button size="small" icon={<PlusOutlined />} onClick={add} data-testid="reward-add">{t("plays.form.addReward")}</Button>}>
      {play.rewards.map((reward) => {
        const threshold = thresholds.find((one) => one.reward === reward.id);
        const prize = lottery?.prizes.find((one) => one.reward === reward.id);
        const packet = chance?.of === "packet" && chance.reward === reward.id;
        return (
          <div key={reward.id} className={styles.reward} data-testid={`reward-${reward.id}`}>
            <div className={styles.row}>
              <Field label={t("plays.form.reward")}><Input value={reward.name} maxLength={100} onChange={({ target }) => change(reward.id, { name: target.value })} /></Field>
              <Field label={t("plays.form.what")}><Select value={reward.kind} onChange={(kind) => change(reward.id, { kind })} options={(["goods", "coupon", "points", "cash"] as const).map((each) => ({ value: each, label: t(`plays.reward.${each}`) }))} /></Field>
              {tiers && threshold && <Count label={t(progress.by === "streak" ? "plays.form.days" : "plays.form.friends")} value={threshold.at} min={1} onChange={(at) => onChange({ ...play, thresholds: thresholds.map((one) => (one.reward === reward.id ? { ...one, at } : one)) })} />}
              {lottery && prize && (
                <Field label={t("plays.form.odds")}>
                  <InputNumber aria-label={t("plays.form.odds")} value={prize.ppm / 10_000} min={0} max={100} precision={4} suffix="%" onChange={(percent) => onChange({ ...play, chance: { ...lottery, prizes: lottery.prizes.map((one) => (one.reward === reward.id ? { ...one, ppm: Math.round((percent ?? 0) * 10_000) } : one)) } })} />
                </Field>
              )}
              {reward.to !== "owner" && <Field label={t("plays.form.to")}><Input disabled value={t(`plays.to.${reward.to ?? "owner"}`)} /></Field>}
            </div>
            <div className={styles.row}>
              <Yuan label={t("plays.form.cost")} fen={reward.cost_fen} onChange={(cost_fen) => change(reward.id, { cost_fen })} />
              <Yuan label={t("plays.form.value")} fen={reward.value_fen} onChange={(value_fen) => change(reward.id, { value_fen })} />
              {!packet && <Count label={t("plays.form.stock")} value={reward.stock} min={1} onChange={(stock) => change(reward.id, { stock })} />}
              {play.rewards.length > 1 && (tiers || lottery) && <Button type="text" danger icon={<DeleteOutlined />} onClick={() => remove(reward.id)} aria-label={t("plays.form.removeReward", { name: reward.name })} />}
            </div>
          </div>
        );
      })}
      {lottery && <p className={styles.faint}>{t("plays.form.none", { percent: (lottery.none_ppm / 10_000).toFixed(4).replace(/\.?0+$/, "") })}</p>}
    </Panel>
  );
}

function Bounds({ play, onChange }: Part) {
  const { t } = useTranslation();
  const worst = worstCost(play);
  const instance = { open_secs: 24 * HOUR, seat_secs: 900, claim_secs: 72 * HOUR, ...play.instance };
  const spans = (next: Partial<typeof instance>): void => onChange({ ...play, instance: { ...instance, ...next } });
  const isInstant = play.progress.by === "instant";
  return (
    <Panel title={t("plays.form.bounds")}>
      <div className={styles.row}>
        <Yuan label={t("plays.form.budget")} fen={play.budget_fen} onChange={(budget_fen) => onChange({ ...play, budget_fen })} />
        {!isInstant && <Count label={t("plays.form.open")} value={Math.round(instance.open_secs / HOUR)} min={1} suffix={t("plays.form.hours")} onChange={(hours) => spans({ open_secs: hours * HOUR })} />}
        {play.progress.by === "paid_seats"
          ? <Count label={t("plays.form.seatMinutes")} value={Math.round(instance.seat_secs / 60)} min={1} suffix={t("plays.form.minutes")} onChange={(minutes) => spans({ seat_secs: minutes * 60 })} />
          : !isInstant && <Count label={t("plays.form.claim")} value={Math.round(instance.claim_secs / HOUR)} min={1} suffix={t("plays.form.hours")} onChange={(hours) => spans({ claim_secs: hours * HOUR })} />}
      </div>
      {worst !== play.budget_fen && <Button type="link" size="small" style={{ paddingInline: 0 }} onClick={() => onChange({ ...play, budget_fen: worst })} data-testid="budget-fit">{t("plays.form.fit")}</Button>}
    </Panel>
  );
}
