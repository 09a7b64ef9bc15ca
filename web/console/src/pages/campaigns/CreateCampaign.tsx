import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, DatePicker, Form, Input, Modal, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { createCampaign } from "@/api/campaigns";
import { asProblem } from "@/api/problem";
import { keys } from "@/app/queries";

interface Fields {
  name: string;
  id?: string;
  period?: [{ toISOString: () => string } | null, { toISOString: () => string } | null] | null;
}

export function CreateCampaign({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const create = useMutation({
    mutationFn: (fields: Fields) =>
      createCampaign({
        name: fields.name.trim(),
        ...(fields.id?.trim() ? { id: fields.id.trim() } : {}),
        ...(fields.period?.[0] ? { starts_at: fields.period[0].toISOString() } : {}),
        ...(fields.period?.[1] ? { ends_at: fields.period[1].toISOString() } : {}),
      }),
    onSuccess: async (campaign) => {
      await cache.invalidateQueries({ queryKey: keys.campaigns });
      void message.success(t("campaigns.form.done", { name: campaign.name }));
      close();
    },
  });
  const close = (): void => {
    create.reset();
    form.resetFields();
    onClose();
  };
  const problem = create.error ? asProblem(create.error) : null;
  return (
    <Modal open={open} title={t("campaigns.form.title")} okText={t("common.action.create")} cancelText={t("common.action.cancel")} onCancel={close}
      onOk={form.submit} confirmLoading={create.isPending} okButtonProps={{ "data-testid": "campaign-submit" } as ButtonProps} destroyOnHidden>
      {problem && <Alert type="error" showIcon style={{ margin: "12px 0" }} title={problem.status === 409 ? t("campaigns.form.exists") : (problem.detail ?? problem.title)} />}
      <Form<Fields> form={form} layout="vertical" requiredMark="optional" onFinish={(fields) => create.mutate(fields)} style={{ marginTop: 16 }}>
        <Form.Item name="name" label={t("campaigns.form.name")} rules={[{ required: true, whitespace: true, message: t("campaigns.form.needName") }]}>
          <Input autoFocus maxLength={80} placeholder={t("campaigns.form.namePlaceholder")} data-testid="campaign-name" />
        </Form.Item>
        <Form.Item name="period" label={t("campaigns.form.period")}>
          <DatePicker.RangePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} allowEmpty={[true, true]} />
        </Form.Item>
        <Form.Item name="id" label={t("campaigns.form.id")} extra={t("campaigns.form.idHint")} rules={[{ pattern: /^[a-z0-9][a-z0-9_-]*$/, message: t("campaigns.form.badId") }]}>
          <Input maxLength={64} placeholder="back-to-school" data-testid="campaign-id" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
