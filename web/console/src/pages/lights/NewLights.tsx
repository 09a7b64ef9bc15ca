import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { listNewLights, newLightsCsv, type LightsAsked, type NewLightList } from "@/api/lights";
import { nameOf } from "@/api/types";
import { useLong } from "@/app/parts/longWork";
import { Panel } from "@/app/parts/PageLayout";
import { ProblemState } from "@/app/parts/states";
import styles from "./Lights.module.css";

const SHOWN_MAX = 10;

/** Whom to make a light so that most of the dim water is lit, one after the other. */
export function NewLights({ asked }: { asked: LightsAsked }) {
  const { t } = useTranslation();
  const fresh = useLong<NewLightList>(["new-lights", asked], () => listNewLights(asked));
  const data = fresh.data;
  const most = Math.max(1, data?.items[0]?.gain ?? 1);
  return (
    <Panel title={t("lights.fresh.title")}
      extra={<Button size="small" icon={<DownloadOutlined />} href={newLightsCsv(asked)} download data-testid="new-lights-csv">{t("lights.csv")}</Button>}>
      {fresh.error ? <ProblemState error={fresh.error} onRetry={fresh.refetch} /> : null}
      {data && <p className={styles.quiet}>{t("lights.fresh.lead", { count: data.dim })}</p>}
      {data && data.items.length === 0 && <p className={styles.quiet}>{t("lights.fresh.none")}</p>}
      <ol className={styles.fresh} data-testid="new-lights">
        {data?.items.slice(0, SHOWN_MAX).map((item) => (
          <li key={item.person}>
            <span className={styles.rank}>{item.rank}</span>
            <span className={styles.who}>
              <span><Link to={`/people/${item.person}`}>{nameOf(item)}</Link> <small>{item.unit?.name} {t("lights.fresh.ties", { count: item.ties })}</small></span>
              <i style={{ width: `${(100 * item.gain) / most}%` }} />
            </span>
            <span className={styles.gain}>
              <b>{t("lights.fresh.gain", { count: item.gain })}</b>
              <small>{t("lights.fresh.dark", { count: item.dark })} · {t("lights.fresh.together", { count: item.together })}</small>
            </span>
          </li>
        ))}
      </ol>
      {data && data.items.length > 0 && <p className={styles.under}>{t("lights.fresh.considered", { count: data.considered })}</p>}
    </Panel>
  );
}
