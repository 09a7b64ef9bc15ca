import { AuditOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { reconcile, type Reconciliation } from "@/api/ledger";
import { asProblem } from "@/api/problem";
import { useFormats } from "@/app/format";
import { Owner, useLedgerWords } from "./words";

type Difference = Reconciliation["differences"][number];

/** Adds everything up anew when asked, and says what came of it. */
export function Reconcile() {
  const { t } = useTranslation();
  const format = useFormats();
  const check = useMutation({ mutationFn: reconcile });
  const found = check.data;
  return (
    <div style={{ marginBottom: 16, display: "grid", gap: 12 }}>
      <div><Button icon={<AuditOutlined />} loading={check.isPending} onClick={() => check.mutate()} data-testid="ledger-check">{t("ledger.check.action")}</Button></div>
      {check.error && <Alert type="error" showIcon title={asProblem(check.error).detail ?? asProblem(check.error).title} />}
      {found && !check.isPending && (
        <Alert type={found.right ? "success" : "error"} showIcon data-testid="ledger-checked"
          title={found.right ? t("ledger.check.right", { time: format.second(found.at) }) : t("ledger.check.wrong", { count: found.differences.length, time: format.second(found.at) })}
          description={found.right ? undefined : <Differences found={found} />} />
      )}
    </div>
  );
}

function Differences({ found }: { found: Reconciliation }) {
  const { t } = useTranslation();
  const words = useLedgerWords();
  const told = (which: "kept" | "told") => ({
    title: t(`ledger.check.${which}`), key: which, align: "right" as const,
    render: (_: unknown, one: Difference) => `${words.amount(one[which].unit, one[which].balance)} / ${t("ledger.column.held")} ${words.amount(one[which].unit, one[which].held)}`,
  });
  const columns: TableColumnsType<Difference> = [
    { title: t("ledger.column.owner"), key: "owner", render: (_, { kept }) => <><Owner owner={kept.owner} /> {words.kind(kept.kind)} · {words.unit(kept.unit)}</> },
    told("kept"), told("told"),
  ];
  return (
    <>
      <Table<Difference> rowKey={({ kept }) => `${kept.unit}.${kept.kind}.${kept.owner}`} columns={columns} dataSource={found.differences} pagination={false} size="small" scroll={{ x: "max-content" }} />
      {found.more && <p>{t("ledger.check.more", { count: found.differences.length })}</p>}
    </>
  );
}
