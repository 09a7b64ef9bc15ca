import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm, Table, Tag, Typography, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listKeys, revokeKey } from "@/api/organisation";
import { asProblem } from "@/api/problem";
import type { ApiKey, NewApiKey } from "@/api/types";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useCampaigns } from "@/app/queries";
import { CreateKey, KeyOnce } from "./CreateKey";
import { RotateKey } from "./RotateKey";

const LIST = ["keys"] as const;

/** A first fact, as a person would send it from a terminal. */
const exampleFor = (origin: string, campaign: string): string =>
  [
    `curl -X POST ${origin}/api/v1/facts \\`,
    `  -H "Authorization: Bearer slw_…" -H "Content-Type: application/json" \\`,
    `  -d '[{"event":"Spread Opened","user_id":"b1","properties":{"campaign":"${campaign}","sharer_id":"a"}}]'`,
  ].join("\n");

/** The secret a key had before still works. */
const isAhead = (at: string | null | undefined): at is string => at != null && Date.parse(at) > Date.now();

export function KeysPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const list = useQuery({ queryKey: LIST, queryFn: listKeys });
  const campaign = useCampaigns().data?.[0]?.id ?? "my-campaign";
  const example = exampleFor(window.location.origin, campaign);
  const [creating, setCreating] = useState(false);
  const [rotating, setRotating] = useState<ApiKey | null>(null);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const refresh = (): Promise<void> => cache.invalidateQueries({ queryKey: LIST });
  const revoke = useMutation({
    mutationFn: (key: ApiKey) => revokeKey(key.id),
    onSuccess: (_, key) => {
      void message.success(t("settings.revoked", { name: key.name }));
      void refresh();
    },
    onError: (error) => void message.error(asProblem(error).detail ?? asProblem(error).title),
  });

  const columns: TableColumnsType<ApiKey> = [
    { title: t("settings.column.name"), dataIndex: "name", render: (name: string) => <strong style={{ fontWeight: 600 }}>{name}</strong> },
    {
      title: t("settings.column.kind"), dataIndex: "kind",
      render: (kind: ApiKey["kind"]) => <><Tag variant="filled" color={kind === "secret" ? "red" : "default"}>{t(`settings.kind.${kind}`)}</Tag><small style={{ color: "var(--text-faint)" }}>{t(`settings.kindHint.${kind}`)}</small></>,
    },
    {
      title: t("settings.column.prefix"), dataIndex: "prefix",
      render: (prefix: string, { old_ends_at }) => (
        <>
          <Typography.Text code>{prefix}…</Typography.Text>
          {isAhead(old_ends_at) && <div><small style={{ color: "var(--text-secondary)" }} data-testid="key-old">{t("settings.oldUntil", { time: format.moment(old_ends_at) })}</small></div>}
        </>
      ),
    },
    { title: t("settings.column.created"), dataIndex: "created_at", render: (at: string) => <span style={{ color: "var(--text-secondary)" }}>{format.moment(at)}</span> },
    { title: t("settings.column.used"), dataIndex: "last_used_at", render: (at: string | null) => <span style={{ color: "var(--text-secondary)" }}>{at ? format.moment(at) : t("settings.never")}</span> },
    {
      key: "revoke", align: "right",
      render: (_, key) => (
        <>
          <Button size="small" type="text" onClick={() => setRotating(key)} data-testid="key-rotate">{t("settings.rotate.action")}</Button>
          <Popconfirm title={t("settings.revokeAsk", { name: key.name })} okText={t("settings.revoke")} cancelText={t("common.action.cancel")} okButtonProps={{ danger: true }} onConfirm={() => revoke.mutateAsync(key)}>
            <Button size="small" danger type="text" data-testid="key-revoke">{t("settings.revoke")}</Button>
          </Popconfirm>
        </>
      ),
    },
  ];
  const create = <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)} data-testid="key-create">{t("settings.create")}</Button>;

  return (
    <PageLayout title={t("settings.title")} lead={t("settings.lead")} actions={create}>
      <Panel flush title={t("settings.column.prefix")}>
        {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && <LoadingState />}
        {list.data?.length === 0 && <EmptyState title={t("settings.empty.title")} detail={t("settings.empty.detail")} action={create} />}
        {list.data && list.data.length > 0 && <Table<ApiKey> rowKey="id" columns={columns} dataSource={list.data} pagination={false} scroll={{ x: "max-content" }} data-testid="key-table" />}
      </Panel>
      <Panel title={t("settings.example.title")}>
        <p style={{ margin: "0 0 10px", color: "var(--text-secondary)" }}>{t("settings.example.detail")}</p>
        <Typography.Paragraph copyable={{ text: example }} style={{ margin: 0 }}>
          <pre style={{ margin: 0, overflow: "auto" }}>{example}</pre>
        </Typography.Paragraph>
      </Panel>
      <CreateKey
        open={creating}
        onClose={() => setCreating(false)}
        onMade={(key) => {
          setCreating(false);
          setMade(key);
          void refresh();
        }}
      />
      {rotating && (
        <RotateKey
          apiKey={rotating}
          onClose={() => setRotating(null)}
          onMade={(key) => {
            setRotating(null);
            setMade(key);
            void refresh();
          }}
        />
      )}
      <KeyOnce made={made} onClose={() => setMade(null)} />
    </PageLayout>
  );
}
