import { Input, Select, Space } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { listStaff } from "@/api/organisation";
import { usePatchUrl, useUrlState } from "@/app/parts/useUrlState";
import { keys } from "@/app/queries";
import { dayOf, KNOWN_ACTIONS, startOf, wordOf } from "./filters";

/** Filters are kept in the address. Typed ones take effect on Enter or when left, so that half a word asks nothing. */
export function AuditFilter() {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const staff = useQuery({ queryKey: keys.staff, queryFn: listStaff });
  const [actor, setActor] = useUrlState("actor");
  const [action, setAction] = useUrlState("action");
  const [subject, setSubject] = useUrlState("subject");
  const [ip, setIp] = useUrlState("ip");
  const [from] = useUrlState("from");
  const [to] = useUrlState("to");
  const commit = (set: (value: string | null) => void) => (event: { currentTarget: HTMLInputElement }) => set(event.currentTarget.value.trim() || null);
  const [subjects, ips] = [commit(setSubject), commit(setIp)];
  const people = (staff.data ?? []).map(({ id, name }) => ({ value: `staff:${id}`, label: name }));
  return (
    <Space wrap style={{ padding: "4px 0 8px", fontWeight: 400 }}>
      <Select allowClear showSearch={{ optionFilterProp: "label" }} style={{ width: 170 }} placeholder={t("audit.filter.actor")} value={actor} onChange={(value?: string) => setActor(value ?? null)}
        options={[...people, { value: "setup", label: t("audit.actor.setup") }, { value: "command_line", label: t("audit.actor.command_line") }]} data-testid="audit-actor" />
      <Select allowClear showSearch={{ optionFilterProp: "label" }} style={{ width: 170 }} placeholder={t("audit.filter.action")} value={action} onChange={(value?: string) => setAction(value ?? null)}
        options={KNOWN_ACTIONS.map((name) => ({ value: name, label: t(wordOf(name)) }))} data-testid="audit-action" />
      <Input allowClear key={subject ?? ""} style={{ width: 190 }} defaultValue={subject ?? ""} placeholder={t("audit.filter.subject")} onPressEnter={subjects} onBlur={subjects} onClear={() => setSubject(null)} data-testid="audit-subject" />
      <Input allowClear key={`ip ${ip ?? ""}`} style={{ width: 150 }} defaultValue={ip ?? ""} placeholder={t("audit.filter.ip")} onPressEnter={ips} onBlur={ips} onClear={() => setIp(null)} data-testid="audit-ip" />
      <Input type="date" style={{ width: 150 }} aria-label={t("audit.filter.from")} title={t("audit.filter.from")} value={dayOf(from)} onChange={(event) => patch({ from: startOf(event.target.value) })} data-testid="audit-from" />
      <Input type="date" style={{ width: 150 }} aria-label={t("audit.filter.to")} title={t("audit.filter.to")} value={dayOf(to, -1)} onChange={(event) => patch({ to: startOf(event.target.value, 1) })} data-testid="audit-to" />
    </Space>
  );
}
