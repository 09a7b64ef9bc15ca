import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Input, Modal, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { launchPlay, type Play } from "@/api/plays";
import { useRefusal } from "@/app/parts/refusal";
import { playKeys } from "./keys";
import styles from "./Plays.module.css";

/** What runs cannot be changed, so its name is typed. */
export function LaunchPlay({ play, onClose }: { play: Play; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const refusal = useRefusal();
  const [typed, setTyped] = useState("");
  const launch = useMutation({
    mutationFn: () => launchPlay(play.id, typed.trim(), play.revision),
    onSuccess: (live) => {
      cache.setQueryData(playKeys.one(live.id), live);
      void cache.invalidateQueries({ queryKey: playKeys.list });
      void message.success(t("plays.launch.done", { name: live.name }));
      onClose();
    },
  });
  return (
    <Modal open title={t("plays.launch.title", { name: play.name })} okText={t("plays.launch.ok")} cancelText={t("common.action.cancel")} onCancel={onClose} onOk={() => launch.mutate()} confirmLoading={launch.isPending}
      okButtonProps={{ disabled: typed.trim() !== play.name, "data-testid": "launch-confirm" } as ButtonProps}>
      <p>{t("plays.launch.lead")}</p>
      <Input autoFocus value={typed} onChange={({ target }) => setTyped(target.value)} placeholder={play.name} aria-label={t("plays.launch.type")} data-testid="launch-name" onPressEnter={() => typed.trim() === play.name && launch.mutate()} />
      <p className={styles.faint}>{t("plays.launch.type")}</p>
      {launch.error && <Alert type="error" showIcon title={refusal(launch.error)} />}
    </Modal>
  );
}
