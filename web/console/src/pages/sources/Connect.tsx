import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Input, Segmented, Space, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createKey, listKeys } from "@/api/organisation";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { useMay } from "@/app/permissions";
import { isSecret, PLACES, PUBLIC, SERVERS, snippetFor, type Place } from "./snippets";
import styles from "./SourcesPage.module.css";

/** What to paste where. The key is kept on the page alone and forgotten when it is left. */
export function Connect() {
  const { t } = useTranslation();
  const format = useFormats();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const mayManage = useMay()("manage_keys");
  const [place, setPlace] = useState<Place>("web");
  const [key, setKey] = useState("");
  const keys = useQuery({ queryKey: ["keys"], queryFn: listKeys, enabled: mayManage });
  const isPublic = PUBLIC.includes(place);
  const kind = SERVERS.includes(place) ? "secret" : "write";
  const create = useMutation({
    mutationFn: () => createKey(kind, t("sources.connect.newName", { day: format.day(Date.now()) })),
    onSuccess: (made) => {
      setKey(made.key);
      void cache.invalidateQueries({ queryKey: ["keys"] });
    },
  });
  const { origin, host } = window.location;
  const snippet = snippetFor(place, origin, key);
  const known = keys.data === undefined || key === "" || keys.data.some(({ prefix }) => key.startsWith(prefix));
  const made = create.data?.key === key && key !== "";
  return (
    <Panel title={t("sources.connect.title")}>
      <div className={styles.connect} data-testid="connect">
        <Segmented value={place} onChange={(value) => setPlace(value as Place)} options={PLACES.map((each) => ({ value: each, label: t(`sources.connect.${each}`) }))} data-testid="connect-place" />
        <Space wrap>
          <Input value={key} onChange={(event) => setKey(event.target.value.trim())} placeholder={isPublic ? "slw_…" : "slw_… / sls_…"} aria-label={t("sources.connect.key")} style={{ width: 360 }} spellCheck={false} autoComplete="off" data-testid="connect-key" />
          {mayManage && <Button icon={<PlusOutlined />} loading={create.isPending} onClick={() => create.mutate()} data-testid="connect-create">{t(kind === "secret" ? "sources.connect.createSecret" : "sources.connect.create")}</Button>}
        </Space>
        <small>{t("sources.connect.keyHint")}</small>
        {create.error && <Alert type="error" showIcon title={refusal(create.error)} />}
        {made && <Alert type="success" showIcon title={t("sources.connect.created")} />}
        {isPublic && isSecret(key) && <Alert type="error" showIcon title={t("sources.connect.secretInPage")} data-testid="connect-secret" />}
        {!known && <Alert type="warning" showIcon title={t("sources.connect.unknownKey")} data-testid="connect-unknown" />}
        {place.startsWith("sa") && <small>{t("sources.connect.saHint")}</small>}
        {(place === "mini" || place === "saMini") && <small>{t("sources.connect.miniHint", { host })}</small>}
        {snippet.install && <Typography.Paragraph copyable={{ text: snippet.install }} style={{ margin: 0 }}><code>{snippet.install}</code></Typography.Paragraph>}
        <Typography.Paragraph copyable={{ text: snippet.code, tooltips: [t("sources.connect.copy"), t("common.action.copied")] }} style={{ margin: 0 }}>
          <pre className={styles.json} data-testid="connect-code">{snippet.code}</pre>
        </Typography.Paragraph>
        <small>{t("sources.connect.brandOnly")}</small>
      </div>
    </Panel>
  );
}
