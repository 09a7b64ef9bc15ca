import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Modal, Select, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { contentKeys, putHosts, readHosts } from "@/api/content";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import styles from "./Spread.module.css";

/** Which hosts outside links may lead to. */
export function HostsForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const hosts = useQuery({ queryKey: contentKeys.hosts, queryFn: readHosts });
  const [typed, setTyped] = useState<string[] | null>(null);
  const save = useMutation({
    mutationFn: () => putHosts(typed ?? hosts.data ?? []),
    onSuccess: async () => {
      void message.success(t("spread.hosts.saved"));
      await cache.invalidateQueries({ queryKey: ["content"] });
      onClose();
    },
  });
  return (
    <Modal open title={t("spread.hosts.title")} onCancel={onClose} onOk={() => save.mutate()} okText={t("spread.hosts.save")} cancelText={t("common.action.cancel")}
      confirmLoading={save.isPending} okButtonProps={{ disabled: typed === null, "data-testid": "hosts-save" } as ButtonProps}>
      <p className={styles.note}>{t("spread.hosts.lead")}</p>
      {save.error && <Alert type="error" showIcon title={refusal(save.error)} style={{ marginBottom: 12 }} />}
      {hosts.error ? <ProblemState error={hosts.error} onRetry={() => void hosts.refetch()} /> : null}
      {hosts.isPending && <LoadingState rows={2} />}
      {hosts.data && (
        <Select mode="tags" open={false} suffixIcon={null} style={{ width: "100%" }} value={typed ?? hosts.data} onChange={(next: string[]) => setTyped(next)} tokenSeparators={[",", " ", "\n"]}
          placeholder="shop.example, *.brand.example" aria-label={t("spread.hosts.title")} data-testid="hosts-list" />
      )}
    </Modal>
  );
}
