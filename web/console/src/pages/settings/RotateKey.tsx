import { useMutation } from "@tanstack/react-query";
import { Alert, Modal, Radio, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rotateKey } from "@/api/organisation";
import type { ApiKey, NewApiKey } from "@/api/types";
import { useRefusal } from "@/app/parts/refusal";

const FATES = ["grace", "end"] as const;

/** A new secret for a key, and what becomes of the one it has. */
export function RotateKey({ apiKey, onClose, onMade }: { apiKey: ApiKey; onClose: () => void; onMade: (key: NewApiKey) => void }) {
  const { t } = useTranslation();
  const refusal = useRefusal();
  const [old, setOld] = useState<(typeof FATES)[number]>("grace");
  const rotate = useMutation({ mutationFn: () => rotateKey(apiKey.id, old), onSuccess: onMade });
  return (
    <Modal open title={t("settings.rotate.title", { name: apiKey.name })} okText={t("settings.rotate.action")} cancelText={t("common.action.cancel")} onCancel={onClose} onOk={() => rotate.mutate()}
      confirmLoading={rotate.isPending} okButtonProps={{ danger: old === "end", "data-testid": "rotate-submit" } as ButtonProps}>
      {rotate.error && <Alert type="error" showIcon style={{ margin: "12px 0" }} title={refusal(rotate.error)} />}
      <p style={{ color: "var(--text-secondary)" }}>{t("settings.rotate.lead")}</p>
      <Radio.Group vertical value={old} onChange={(event) => setOld(event.target.value as (typeof FATES)[number])}
        options={FATES.map((fate) => ({ value: fate, label: <span data-testid={`rotate-${fate}`}>{t(`settings.rotate.${fate}`)}</span> }))} />
    </Modal>
  );
}
