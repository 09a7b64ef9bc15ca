import { Modal } from "antd";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Shell.module.css";

const ROWS = [
  ["palette", ["⌘ / Ctrl", "K"]],
  ["goToday", ["g", "h"]],
  ["goCampaigns", ["g", "c"]],
  ["goNetwork", ["g", "n"]],
  ["goFraud", ["g", "f"]],
  ["goReach", ["g", "r"]],
  ["goReminders", ["g", "m"]],
  ["goPeople", ["g", "p"]],
  ["goSegments", ["g", "a"]],
  ["goTags", ["g", "t"]],
  ["goImports", ["g", "i"]],
  ["goOrganisation", ["g", "o"]],
  ["goSources", ["g", "d"]],
  ["goSettings", ["g", "s"]],
  ["pause", ["k"]],
  ["replay", ["Space"]],
  ["fit", ["f"]],
  ["close", ["Esc"]],
  ["help", ["?"]],
] as const;

export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t("shell.keys.title")} width={440}>
      <div className={styles.keys} data-testid="shortcut-help">
        {ROWS.map(([name, keys]) => (
          <Fragment key={name}>
            <span>{t(`shell.keys.${name}`)}</span>
            <span>
              {keys.map((key, at) => (
                <Fragment key={key}>
                  {at > 0 && keys[0] === "g" && t("shell.keys.then")}
                  <kbd>{key}</kbd>
                </Fragment>
              ))}
            </span>
          </Fragment>
        ))}
      </div>
    </Modal>
  );
}
