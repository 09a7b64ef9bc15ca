import { Form, Modal, Select, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Role, Unit } from "@/api/types";

const ROLES: readonly Role[] = ["owner", "operator", "city_manager", "store_manager", "analyst"];

/** Role and unit of somebody, as fields `role` and `unit` of a form. */
export function Place({ units }: { units: readonly Unit[] }) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="role" label={t("organisation.column.role")} rules={[{ required: true, message: t("people.needRole") }]}>
        <Select options={ROLES.map((role) => ({ value: role, label: t(`common.role.${role}`) }))} data-testid="staff-role" />
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
