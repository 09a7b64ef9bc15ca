import { DownloadOutlined, HistoryOutlined, SafetyOutlined, SearchOutlined, UserAddOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Table, Tag, Tree, type TableColumnsType, type TreeDataNode } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { listAllStaff, listStaff, listUnits } from "@/api/organisation";
import type { StaffMember, Unit } from "@/api/types";
import { matchScore } from "@/app/keyboard/pinyin";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { keys } from "@/app/queries";
import { useRoleWords } from "@/app/roles";
import { EditStaff } from "./EditStaff";
import { Invitations } from "./Invitations";
import { Invite } from "./Invite";
import styles from "./OrganisationPage.module.css";

/** Units as a tree; a unit whose parent is out of scope stands at the top. */
export function unitTree(units: readonly Unit[], label: (unit: Unit) => React.ReactNode): TreeDataNode[] {
  const known = new Set(units.map((unit) => unit.id));
  const under = (parent: string | null): TreeDataNode[] =>
    units
      .filter((unit) => (parent === null ? unit.parent == null || !known.has(unit.parent) : unit.parent === parent))
      .map((unit) => ({ key: unit.id, title: label(unit), children: under(unit.id) }));
  return under(null);
}

/** A unit with everything below it. */
function subtree(units: readonly Unit[], top: string): Set<string> {
  const inside = new Set([top]);
  for (let before = 0; before !== inside.size; ) {
    before = inside.size;
    for (const unit of units) if (unit.parent && inside.has(unit.parent)) inside.add(unit.id);
  }
  return inside;
}

export function OrganisationPage() {
  const { t } = useTranslation();
  const may = useMay();
  const roleWords = useRoleWords();
  const [editing, setEditing] = useState<StaffMember | null>(null);
  const [inviting, setInviting] = useState(false);
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits });
  const manages = may("manage_staff");
  const staff = useQuery({ queryKey: [...keys.staff, manages], queryFn: manages ? listAllStaff : listStaff });
  const [chosen, setChosen] = useUrlState("unit");
  const [search, setSearch] = useUrlState("q");

  const tree = useMemo(
    () =>
      unitTree(units.data ?? [], (unit) => (
        <span className={styles.unit}>{unit.name}<small>{unit.kind === "store" ? "" : t(`organisation.kind.${unit.kind}`)}</small></span>
      )),
    [units.data, t],
  );
  const inside = useMemo(() => (chosen && units.data ? subtree(units.data, chosen) : null), [chosen, units.data]);
  const people = staff.data
    ?.filter((member) => !inside || (member.unit != null && inside.has(member.unit.id)))
    .filter((member) => Math.max(...[member.name, member.email, member.unit?.name ?? ""].map((text) => matchScore(search ?? "", text))) > 0.5);

  const columns: TableColumnsType<StaffMember> = [
    { title: t("organisation.column.name"), dataIndex: "name", render: (name: string, { active }) => <><strong style={{ fontWeight: 600 }}>{name}</strong> {active === false && <Tag variant="filled">{t("people.inactive")}</Tag>}</>, sorter: (a, b) => a.name.localeCompare(b.name, "zh-CN") },
    { title: t("organisation.column.role"), dataIndex: "role", render: (role: string, { role_name }) => <Tag variant="filled" color={role === "owner" ? "gold" : "default"}>{roleWords(role, role_name)}</Tag> },
    { title: t("organisation.column.unit"), key: "unit", render: (_, member) => member.unit?.name ?? "—" },
    { title: t("organisation.column.email"), dataIndex: "email", render: (email: string) => <span style={{ color: "var(--text-secondary)" }}>{email}</span> },
    ...(manages
      ? [{ key: "edit", align: "right" as const, render: (_: unknown, member: StaffMember) => <Button size="small" type="text" onClick={() => setEditing(member)} data-testid="staff-edit">{t("people.edit")}</Button> }]
      : []),
  ];
  const actions = (
    <>
      <Button icon={<DownloadOutlined />} href={`/api/v1/staff?format=csv${manages ? "&state=all" : ""}`} download data-testid="staff-csv">{t("people.csv")}</Button>
      <Link to="/organisation/roles" data-testid="roles-open"><Button icon={<SafetyOutlined />} tabIndex={-1}>{t("roles.title")}</Button></Link>
      {may("read_audit") && <Link to="/organisation/audit" data-testid="audit-open"><Button icon={<HistoryOutlined />} tabIndex={-1}>{t("audit.title")}</Button></Link>}
      {manages && <Button type="primary" icon={<UserAddOutlined />} onClick={() => setInviting(true)} data-testid="invite-open">{t("people.invite")}</Button>}
    </>
  );

  return (
    <PageLayout title={t("organisation.title")} lead={t("organisation.lead")} actions={actions}>
      <div className={styles.columns}>
        <Panel title={t("organisation.units")}>
          {units.error && !units.data ? <ProblemState error={units.error} onRetry={() => void units.refetch()} /> : null}
          {units.isPending && <LoadingState />}
          {units.data?.length === 0 && <EmptyState title={t("organisation.noUnits.title")} detail={t("organisation.noUnits.detail")} />}
          {tree.length > 0 && (
            <Tree blockNode showLine defaultExpandAll treeData={tree} selectedKeys={chosen ? [chosen] : []} onSelect={([key]) => setChosen(key === undefined ? null : String(key))} height={640} data-testid="unit-tree" />
          )}
        </Panel>
        <Panel
          flush
          title={<Input allowClear style={{ width: 260 }} prefix={<SearchOutlined />} value={search ?? ""} onChange={(event) => setSearch(event.target.value)} placeholder={t("organisation.searchStaff")} />}
          extra={people && <small style={{ color: "var(--text-faint)" }}>{t("organisation.staffCount", { count: people.length })}</small>}
        >
          {staff.error && !staff.data ? <ProblemState error={staff.error} onRetry={() => void staff.refetch()} /> : null}
          {staff.isPending && <LoadingState />}
          {staff.data?.length === 0 && <EmptyState title={t("organisation.noStaff.title")} detail={t("organisation.noStaff.detail")} />}
          {people && (staff.data?.length ?? 0) > 0 && (
            <Table<StaffMember> rowKey="id" columns={columns} dataSource={people} pagination={people.length > 50 ? { pageSize: 50 } : false} locale={{ emptyText: t("common.state.noMatch") }} data-testid="staff-table" />
          )}
        </Panel>
      </div>
      {manages && <Invitations />}
      {manages && <Invite open={inviting} units={units.data ?? []} onClose={() => setInviting(false)} />}
      {editing && <EditStaff key={editing.id} member={editing} units={units.data ?? []} onClose={() => setEditing(null)} />}
    </PageLayout>
  );
}
