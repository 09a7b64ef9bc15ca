import { AimOutlined, LeftOutlined, SearchOutlined, UnorderedListOutlined } from "@ant-design/icons";
import { Button, Input, Tooltip } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/app/format";
import { matchScore } from "@/app/keyboard/pinyin";
import { storeColour, UNKNOWN_COLOUR, type ThemeName } from "@/app/theme/palette";
import type { Store } from "@/network/model";
import styles from "./NetworkPage.module.css";

interface Props {
  stores: readonly Store[];
  theme: ThemeName;
  isShown: (person: string) => boolean;
  onToggle: (person: string) => void;
  onSolo: (person: string) => void;
  onAll: () => void;
  onNone: () => void;
  onFocus: (person: string) => void;
  open: boolean;
  onOpen: (open: boolean) => void;
}

const DOUBLE_CLICK_MS = 260;

/** Stores with their colours and fans: click to show or hide, double or Alt click for one alone. */
export function Legend(props: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const [search, setSearch] = useState("");
  const waiting = useRef<{ person: string; timer: ReturnType<typeof setTimeout> } | null>(null);

  const click = (person: string, alone: boolean): void => {
    if (alone) return props.onSolo(person);
    if (waiting.current?.person === person) {
      clearTimeout(waiting.current.timer);
      waiting.current = null;
      return props.onSolo(person);
    }
    const timer = setTimeout(() => {
      waiting.current = null;
      props.onToggle(person);
    }, DOUBLE_CLICK_MS);
    waiting.current = { person, timer };
  };

  if (!props.open) {
    return (
      <Tooltip title={t("network.legend.expand")} placement="right">
        <Button className={styles.openLeft} icon={<UnorderedListOutlined />} onClick={() => props.onOpen(true)} aria-label={t("network.legend.expand")} />
      </Tooltip>
    );
  }
  const most = Math.max(1, ...props.stores.map((store) => store.root?.fans ?? 0));
  const found = props.stores.filter((store) => matchScore(search, store.name) > 0.5);
  return (
    <aside className={`${styles.panel} ${styles.legend}`} data-testid="legend">
      <header>
        <h3>{t("network.legend.title")} <small>{props.stores.length}</small></h3>
        <Button size="small" type="text" onClick={props.onAll} data-testid="legend-all">{t("network.legend.all")}</Button>
        <Button size="small" type="text" onClick={props.onNone} data-testid="legend-none">{t("network.legend.none")}</Button>
        <Button size="small" type="text" icon={<LeftOutlined />} onClick={() => props.onOpen(false)} aria-label={t("network.legend.collapse")} />
      </header>
      {props.stores.length > 8 && (
        <Input size="small" variant="filled" allowClear prefix={<SearchOutlined />} value={search}
          onChange={(event) => setSearch(event.target.value)} placeholder={t("network.legend.search")} />
      )}
      <ul>
        {found.map((store) => {
          const colour = store.colour === null ? UNKNOWN_COLOUR[props.theme] : storeColour(props.theme, store.colour);
          const shown = props.isShown(store.person);
          return (
            <li key={store.person} className={shown ? "" : styles.off}>
              <button type="button" onClick={(event) => click(store.person, event.altKey)} aria-pressed={shown}
                data-testid="legend-item" data-store={store.person} title={t("network.legend.hint")}>
                <i style={{ background: shown ? colour : "transparent", borderColor: colour }} />
                <span>{store.name}</span>
                <b>{format.count(store.root?.fans ?? 0)}</b>
                <em style={{ width: `${((store.root?.fans ?? 0) / most) * 100}%`, background: colour }} />
              </button>
              <Tooltip title={t("network.legend.focus")} placement="right">
                <button type="button" className={styles.focus} onClick={() => props.onFocus(store.person)} data-testid="legend-focus" aria-label={`${t("network.legend.focus")}: ${store.name}`}>
                  <AimOutlined />
                </button>
              </Tooltip>
            </li>
          );
        })}
      </ul>
      <footer>{t("network.legend.hint")}</footer>
    </aside>
  );
}
