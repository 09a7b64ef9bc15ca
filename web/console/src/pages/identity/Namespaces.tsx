import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Table, Tag, Tooltip, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listNamespaces, type NamespaceRow } from "@/api/identity";
import { NOTHING, useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { keys } from "@/app/queries";
import styles from "./Identity.module.css";
import { NamespaceForm } from "./NamespaceForm";

const COLOUR = { login: "gold", account: "blue", device: "default" } as const;

/** How far each kind of id speaks for a person. */
export function Namespaces() {
  const { t } = useTranslation();
  const format = useFormats();
  const [editing, setEditing] = useState<NamespaceRow | "new" | null>(null);
  const list = useQuery({ queryKey: keys.namespaces, queryFn: listNamespaces });
  const cap = ({ cap: count, window_days: days }: NamespaceRow): string =>
    count === 0 ? t("identity.namespace.capAny") : days === 0 ? t("identity.namespace.capOf", { cap: count }) : t("identity.namespace.capWindow", { cap: count, days });
  const columns: TableColumnsType<NamespaceRow> = [
    {
      key: "name", title: t("identity.namespace.column.name"),
      render: (_, { key, name, is_own, is_on }) => (
        <span className={styles.side}>
          <span>{name} {is_own && <Tag>{t("identity.namespace.own")}</Tag>}{!is_on && <Tag color="red">{t("identity.namespace.off")}</Tag>}</span>
          <small><code>{key}</code></small>
        </span>
      ),
    },
    { key: "level", title: t("identity.namespace.column.level"), render: (_, { level }) => <Tooltip title={t(`identity.namespace.levelNote.${level}`)}><Tag color={COLOUR[level]}>{t(`identity.namespace.level.${level}`)}</Tag></Tooltip> },
    { key: "cap", title: t("identity.namespace.column.cap"), render: (_, row) => cap(row) },
    { key: "priority", title: t("identity.namespace.column.priority"), align: "right", render: (_, { priority }) => format.count(priority) },
    { key: "parent", title: t("identity.namespace.column.parent"), render: (_, { parent }) => parent ?? NOTHING },
    { key: "blocked", title: t("identity.namespace.column.blocked"), render: (_, { blocked }) => blocked.length === 0 ? NOTHING : <Tooltip title={blocked.slice(0, 20).join("、")}>{t("identity.namespace.values", { count: blocked.length })}</Tooltip> },
    { key: "edit", width: 90, render: (_, row) => <Button size="small" onClick={() => setEditing(row)} data-testid={`namespace-edit-${row.key}`}>{t("identity.namespace.edit")}</Button> },
  ];
  return (
    <Panel flush title={<span className={styles.lead}>{t("identity.namespace.lead")}</span>}
      extra={<Button icon={<PlusOutlined />} type="primary" onClick={() => setEditing("new")} data-testid="namespace-add">{t("identity.namespace.add")}</Button>}>
      {list.error && !list.data ? <ProblemState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending && <LoadingState />}
      {list.data && <Table<NamespaceRow> rowKey="key" columns={columns} dataSource={list.data.items} pagination={false} scroll={{ x: "max-content" }} data-testid="namespace-table" />}
      {editing && <NamespaceForm key={editing === "new" ? "new" : editing.key} row={editing === "new" ? null : editing} all={list.data?.items ?? []} onClose={() => setEditing(null)} />}
    </Panel>
  );
}
