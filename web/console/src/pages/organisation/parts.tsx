import { Form, Modal, Select, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Unit } from "@/api/types";
import { useRoles, useSession } from "@/app/queries";
import { PRESETS, useRoleWords } from "@/app/roles";

/** Role and unit of somebody, as fields `role` and `unit` of a form. */
export function Place({ units }: { units: readonly Unit[] }) {
  const { t } = useTranslation();
  const words = useRoleWords();
  const roles = useRoles();
  const held = useSession().data?.permissions;
  // Nobody gives what they do not hold; the server would refuse it.
  const options = roles.data
    ? roles.data.map(({ id, name, permissions }) => ({ value: id, label: words(id, name), disabled: held !== undefined && !permissions.every((each) => held.includes(each)) }))
    : PRESETS.map((id) => ({ value: id as string, label: words(id) }));
  return (
    <>
      <Form.Item name="role" label={t("organisation.column.role")} rules={[{ required: true, message: t("people.needRole") }]}>
        <Select options={options} showSearch={{ optionFilterProp: "label" }} data-testid="staff-role" />
      </Form.Item>
      <Form.Item name="unit" label={t("organisation.column.unit")}>
        <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("people.anywhere")} options={units.map(({ id, name }) => ({ value: id, label: name }))} data-testid="staff-unit" />
      </Form.Item>
    </>
  );
}

/** A secret that is told this once: it closes only by saying so. */
export function Once({ title, detail, value, onClose }: { title: string; detail: string; value: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open title={title} okText={t("settings.once.done")} onOk={onClose} onCancel={onClose} cancelButtonProps={{ style: { display: "none" } }} mask={{ closable: false }}>
      <p style={{ color: "var(--text-secondary)" }}>{detail}</p>
      <Typography.Paragraph copyable code style={{ fontSize: 15, wordBreak: "break-all" }} data-testid="once-value">{value}</Typography.Paragraph>
    </Modal>
  );
}
