import { InboxOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Segmented, Spin, Upload } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { uploadImport } from "@/api/imports";
import type { ImportKind } from "@/api/types";
import { useRefusal } from "@/app/parts/refusal";
import { Panel } from "@/app/parts/PageLayout";
import { useUrlState } from "@/app/parts/useUrlState";
import styles from "./Imports.module.css";

const BYTES_MAX = 50 << 20;

/** A file comes in; what it holds is said first, for its columns are guessed by that. */
export function UploadTable() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const refusal = useRefusal();
  const [asked, setKind] = useUrlState("kind");
  const kind: ImportKind = asked === "orders" ? "orders" : "people";
  const upload = useMutation({
    mutationFn: (file: File) => (file.size > BYTES_MAX ? Promise.reject(new Error("too large")) : uploadImport(kind, file)),
    onSuccess: async (made) => {
      await cache.invalidateQueries({ queryKey: ["imports"] });
      void navigate(`/imports/${made.id}`);
    },
  });
  const tooLarge = upload.error?.message === "too large";
  return (
    <Panel title={t("imports.upload.title")}>
      <div className={styles.row}>
        <span>{t("imports.upload.what")}</span>
        <Segmented value={kind} onChange={(value) => setKind(value)} data-testid="import-kind"
          options={(["people", "orders"] as const).map((value) => ({ value, label: t(`imports.kind.${value}`) }))} />
      </div>
      {upload.error && <Alert type="error" showIcon style={{ marginTop: 12 }} data-testid="import-refused" title={tooLarge ? t("imports.upload.tooLarge") : refusal(upload.error)} />}
      <Spin spinning={upload.isPending} description={t("imports.upload.sending")}>
        <Upload.Dragger className={styles.drop} accept=".csv,.txt,.tsv,.xlsx" maxCount={1} showUploadList={false} disabled={upload.isPending}
          beforeUpload={(file) => { upload.mutate(file); return false; }} data-testid="import-file">
          <p><InboxOutlined style={{ fontSize: 32, color: "var(--accent)" }} /></p>
          <p>{t("imports.upload.drop")}</p>
          <p className={styles.faint}>{t("imports.upload.hint")}</p>
        </Upload.Dragger>
      </Spin>
    </Panel>
  );
}
