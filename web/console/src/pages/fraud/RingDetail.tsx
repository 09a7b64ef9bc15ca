import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Space, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { readRing, type Verdict } from "@/api/fraud";
import type { RingView } from "@/api/types";
import { useFormats } from "@/app/format";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { usePreferences } from "@/app/preferences";
import { keys } from "@/app/queries";
import { Arrivals } from "./Arrivals";
import { Effects } from "./Effects";
import { isOf, KINDS, SIGNS, VERDICTS } from "./filters";
import styles from "./Fraud.module.css";
import { RingPicture } from "./RingPicture";
import { COLOUR_OF, nextOf, Score } from "./RingTable";

const WIDTH = 760;

/** One ring with everything it rests on, and what may be done about it. */
export function RingDetail(props: { ring: string | null; onClose: () => void; onDecide: (rings: string[], verdict: Verdict) => void }) {
  const { t } = useTranslation();
  const { ring } = props;
  const view = useQuery({ queryKey: keys.ring(ring ?? ""), queryFn: () => readRing(ring ?? ""), enabled: ring !== null });
  const verdict = view.data?.ring.verdict;
  const actions = ring !== null && verdict && (
    <Space wrap>
      {nextOf(verdict).map((next) => <Button key={next} danger={next === "confirmed"} type={next === "held" ? "primary" : "default"} onClick={() => props.onDecide([ring], next)} data-testid={`ring-to-${next}`}>{t(`fraud.action.${next}`)}</Button>)}
    </Space>
  );
  return (
    <Drawer open={ring !== null} onClose={props.onClose} size={`min(${WIDTH}px, 100vw)`} title={t("fraud.detail")} extra={actions} data-testid="ring-detail">
      {view.error ? <ProblemState error={view.error} onRetry={() => void view.refetch()} /> : null}
      {view.isPending && ring !== null && <LoadingState />}
      {view.data && <Detail view={view.data} />}
    </Drawer>
  );
}

function Detail({ view }: { view: RingView }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const { ring, people } = view;
  return (
    <div className={styles.detail}>
      <div className={styles.head}>
        <Score score={ring.score} />
        <strong>{isOf(KINDS, ring.kind) ? t(`fraud.kind.${ring.kind}`) : ring.kind}</strong>
        <span>{t("fraud.people", { count: ring.size })}</span>
        <span>{ring.units.map(({ name }) => name).join("、")}</span>
        {isOf(VERDICTS, ring.verdict) && <Tag color={COLOUR_OF[ring.verdict]}>{t(`fraud.verdict.${ring.verdict}`)}</Tag>}
        {ring.decided_at && isOf(VERDICTS, ring.verdict) && <span>{t("fraud.decided", { verdict: t(`fraud.verdict.${ring.verdict}`), who: ring.decided_by, at: format.moment(ring.decided_at) })}{ring.why ? `：${ring.why}` : ""}</span>}
      </div>
      <section>
        <h3>{t("fraud.why")}</h3>
        <ul className={styles.why} data-testid="ring-reasons">
          {ring.reasons.map((reason) => (
            <li key={reason.sign}>
              <span>{isOf(SIGNS, reason.sign) ? t(`fraud.sign.${reason.sign}`) : reason.sign}</span>
              <span>{reason.words[language]}</span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{t("fraud.picture")}</h3>
        <RingPicture view={view} />
      </section>
      {view.arrivals.length > 0 && (
        <section>
          <h3>{t("fraud.arrivals")}</h3>
          <Arrivals arrivals={view.arrivals} />
        </section>
      )}
      <section>
        <h3>{t("fraud.effect")}</h3>
        <Effects effects={view.effects} />
      </section>
      <section>
        <h3>{t("fraud.members")}</h3>
        <div className={styles.members}>
          {people.map(({ place, person, name, unit, is_head }) =>
            person
              ? <Link key={place} to={`/people/${person}`} data-head={is_head} title={is_head ? t("fraud.head") : unit?.name}>{name ?? person}</Link>
              : <span key={place}>{t("fraud.someone", { unit: unit?.name ?? t("fraud.otherUnit") })}</span>,
          )}
        </div>
        {ring.size > people.length && <p className={styles.note}>{t("fraud.membersMore", { count: ring.size - people.length })}</p>}
      </section>
    </div>
  );
}
