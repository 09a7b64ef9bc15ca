import { StopOutlined } from "@ant-design/icons";
import { Button, Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ReachPath } from "@/api/types";
import { useFormats } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { useCalled } from "./useCalled";
import styles from "./Reach.module.css";

interface Props {
  path: ReachPath;
  place: number;
  /** Those without whom there is no way. */
  cut: ReadonlySet<string>;
  onAvoid: (person: string) => void;
  onGive: () => void;
}

/** One route, drawn from top to bottom: people as chips, the line between them as thick as the tie is likely to hold. */
export function RouteCard({ path, place, cut, onAvoid, onGive }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const called = useCalled();
  const language = usePreferences((state) => state.language);
  const last = path.hops.length - 1;
  return (
    <article className={styles.route} data-best={place === 0} data-testid="reach-route">
      <header>
        <strong>{place === 0 ? t("reach.plan.best") : t("reach.plan.alternative", { n: place })}</strong>
        <b>{t("reach.plan.chance", { share: format.share(path.chance, 1) })}</b>
        <small>
          {t("reach.plan.steps", { count: path.length })}
          {place > 0 && ` · ${t(path.independent ? "reach.plan.independent" : "reach.plan.shares")}`}
        </small>
      </header>
      <ol>
        {path.hops.map((hop, step) => {
          const between = step > 0 && step < last;
          const name = called(hop);
          return (
            <li key={hop.person ?? step}>
              {step > 0 && (
                <div className={styles.tie}>
                  <i style={{ width: `${2 + 8 * (hop.chance ?? 0)}px`, opacity: 0.35 + 0.65 * (hop.chance ?? 0) }} />
                  <p>
                    <Tooltip title={t("reach.plan.hopChance", { share: format.share(hop.chance ?? 0, 1) })}>
                      <b>{format.share(hop.chance ?? 0, 1)}</b>
                    </Tooltip>
                    {hop.evidence?.[language]}
                  </p>
                </div>
              )}
              <div className={styles.chip} data-end={!between} data-foreign={!hop.person}>
                <span className={styles.letter} aria-hidden="true">{[...name][0]}</span>
                {hop.person ? <Link to={`/people/${hop.person}`}>{name}</Link> : <span>{name}</span>}
                {hop.unit && <small>{hop.unit.name}</small>}
                {between && hop.person && cut.has(hop.person) && <Tag color="red" variant="filled">{t("reach.plan.cutMark")}</Tag>}
                {between && hop.person && (
                  <Tooltip title={t("reach.plan.avoid")}>
                    <Button type="text" size="small" icon={<StopOutlined />} aria-label={`${t("reach.plan.avoid")} ${name}`} onClick={() => onAvoid(hop.person ?? "")} data-testid="reach-avoid" />
                  </Tooltip>
                )}
              </div>
            </li>
          );
        })}
      </ol>
      <footer>
        {path.length === 1 && <small>{t("reach.plan.direct")}</small>}
        <Button type={place === 0 ? "primary" : "default"} onClick={onGive} data-testid="reach-give">{t("reach.plan.give")}</Button>
      </footer>
    </article>
  );
}
