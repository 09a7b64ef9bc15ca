import { useMutation } from "@tanstack/react-query";
import { Alert, Form, Input, Modal, Radio, Typography, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { createKey } from "@/api/organisation";
import { asProblem } from "@/api/problem";
import type { NewApiKey } from "@/api/types";

interface Fields {
  name: string;
  kind: "write" | "secret";
}

export function CreateKey({ open, onClose, onMade }: { open: boolean; onClose: () => void; onMade: (key: NewApiKey) => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const create = useMutation({
    mutationFn: (fields: Fields) => createKey(fields.kind, fields.name.trim()),
    onSuccess: (key) => {
      form.resetFields();
      onMade(key);
    },
  });
  return (
    <Modal open={open} title={t("settings.form.title")} okText={t("common.action.create")} cancelText={t("common.action.cancel")} onCancel={onClose} onOk={form.submit}
      confirmLoading={create.isPending} okButtonProps={{ "data-testid": "key-submit" } as ButtonProps} destroyOnHidden>
      {create.error && <Alert type="error" showIcon style={{ margin: "12px 0" }} title={asProblem(create.error).detail ?? asProblem(create.error).title} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ kind: "write" }} onFinish={(fields) => create.mutate(fields)} style={{ marginTop: 16 }}>
        <Form.Item name="name" label={t("settings.form.name")} rules={[{ required: true, whitespace: true, message: t("settings.form.needName") }]}>
          <Input autoFocus maxLength={60} placeholder={t("settings.form.namePlaceholder")} data-testid="key-name" />
        </Form.Item>
        <Form.Item name="kind" label={t("settings.form.kind")}>
          <Radio.Group options={(["write", "secret"] as const).map((kind) => ({ value: kind, label: `${t(`settings.kind.${kind}`)} · ${t(`settings.kindHint.${kind}`)}` }))} vertical />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** The key itself, shown this once. */
export function KeyOnce({ made, onClose }: { made: NewApiKey | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={made !== null} title={t("settings.once.title")} okText={t("settings.once.done")} onOk={onClose} onCancel={onClose} cancelButtonProps={{ style: { display: "none" } }} mask={{ closable: false }}>
      <p style={{ color: "var(--text-secondary)" }}>{t("settings.once.detail")}</p>
      <Typography.Paragraph copyable code style={{ fontSize: 15, wordBreak: "break-all" }} data-testid="key-value">{made?.key ?? ""}</Typography.Paragraph>
    </Modal>
  );
}
