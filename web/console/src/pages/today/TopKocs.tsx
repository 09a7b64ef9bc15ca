import { RightOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { nameOf, type Cascade, type Koc } from "@/api/types";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { usePreferences } from "@/app/preferences";
import { storeColour, type ThemeName } from "@/app/theme/palette";
import { storesOf } from "@/network/model";
import styles from "./TodayPage.module.css";

/** The people worth talking to, each with the strongest reason. */
export function TopKocs(props: { kocs: Koc[] | undefined; cascade: Cascade; theme: ThemeName; onOpen: (person: string) => void; onAll: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const language = usePreferences((state) => state.language);
  const stores = useMemo(() => new Map(storesOf(props.cascade).map((store) => [store.person, store])), [props.cascade]);
  return (
    <Panel flush title={t("today.kocs")} extra={<Button type="link" size="small" onClick={props.onAll}>{t("today.kocsMore")}</Button>}>
      {!props.kocs && <Skeleton active style={{ padding: 18 }} />}
      <ol className={styles.kocs}>
        {props.kocs?.map((koc) => {
          const [reason] = [...koc.terms].sort((a, b) => b.points - a.points);
          return (
            <li key={koc.person}>
              <button type="button" onClick={() => props.onOpen(koc.person)} data-testid="today-koc">
                <span className={styles.rank}>{koc.rank}</span>
                <span className={styles.who}>
                  <strong>{nameOf(koc)}<i style={{ background: storeColour(props.theme, stores.get(koc.root)?.colour ?? 0) }} /><small>{stores.get(koc.root)?.name}</small></strong>
                  <small>{reason?.words[language]}</small>
                </span>
                <b>{format.decimal(koc.score, 2)}</b>
              </button>
              <Link to={`/people/${koc.person}`} aria-label={`${t("kocs.open.person")} ${nameOf(koc)}`} data-testid="today-koc-person"><RightOutlined /></Link>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
