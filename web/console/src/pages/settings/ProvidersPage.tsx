import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Popconfirm, Table, Typography, type ButtonProps, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteProvider, listPermissions, listProviders } from "@/api/access";
import type { Provider } from "@/api/types";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { keys, useSession } from "@/app/queries";
import { ProviderForm } from "./ProviderForm";

/** Where staff may sign in from beside their password. */
export function ProvidersPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const list = useQuery({ queryKey: keys.providers, queryFn: listProviders });
  const all = useQuery({ queryKey: keys.permissions, queryFn: listPermissions, staleTime: Infinity });
  const held = useSession().data?.permissions ?? [];
  const manages = all.data?.every(({ id }) => held.includes(id)) ?? false;
  const [editing, setEditing] = useState<Provider | "new" | null>(null);
  const remove = useMutation({
    mutationFn: (provider: Provider) => deleteProvider(provider.id),
    onSuccess: () => void message.success(t("providers.removed")),
    onError: (error) => void message.error(refusal(error)),
    onSettled: () => Promise.all([keys.providers, keys.doors].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
  const columns: TableColumnsType<Provider> = [
    { title: t("providers.column.name"), dataIndex: "name", render: (name: string) => <strong style={{ fontWeight: 600 }}>{name}</strong> },
    { title: t("providers.column.issuer"), dataIndex: "issuer", render: (issuer: string) => <Typography.Text code>{issuer}</Typography.Text> },
    { title: t("providers.column.client"), dataIndex: "client_id" },
    { title: t("providers.column.match"), dataIndex: "match_email", render: (match: boolean) => t(match ? "providers.yes" : "providers.no") },
    { title: t("providers.column.created"), dataIndex: "created_at", render: format.moment },
    {
      key: "edit", align: "right",
      render: (_, provider) => manages && (
        <>
          <Button size="small" type="text" onClick={() => setEditing(provider)} data-testid="provider-edit">{t("providers.edit")}</Button>
          <Popconfirm title={t("providers.removeAsk", { name: provider.name })} okText={t("providers.remove")} cancelText={t("common.action.cancel")} okButtonProps={{ danger: true, "data-testid": "provider-remove-yes" } as ButtonProps}
            onConfirm={() => remove.mutateAsync(provider).catch(() => undefined)}>
            <Button size="small" type="text" danger data-testid="provider-remove">{t("providers.remove")}</Button>
          </Popconfirm>
        </>
      ),
    },
  ];
  const create = manages && <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")} data-testid="provider-create">{t("providers.create")}</Button>;
  return (
    <PageLayout title={t("providers.title")} lead={t("providers.lead")} actions={create}>
      {all.data && !manages && <Alert type="info" showIcon title={t("providers.onlyAll")} style={{ marginBottom: 16 }} />}
      <Panel flush>
        {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && <LoadingState rows={3} />}
        {list.data?.length === 0 && <EmptyState title={t("providers.empty.title")} detail={t("providers.empty.detail")} action={create} />}
        {list.data && list.data.length > 0 && <Table<Provider> rowKey="id" columns={columns} dataSource={list.data} pagination={false} scroll={{ x: "max-content" }} data-testid="provider-table" />}
      </Panel>
      {editing && <ProviderForm key={editing === "new" ? "new" : editing.id} provider={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </PageLayout>
  );
}
