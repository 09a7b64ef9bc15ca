import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Form, Input, Modal, Switch, Typography, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { addProvider, changeProvider } from "@/api/access";
import type { NewProvider, Provider } from "@/api/types";
import { useRefusal } from "@/app/parts/refusal";
import { keys } from "@/app/queries";

/** What a provider calls itself and us. The stored secret is never shown, and is asked for anew with another issuer. */
export function ProviderForm({ provider, onClose }: { provider: Provider | null; onClose: () => void }) {
  const { t } = useTranslation();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<NewProvider>();
  const save = useMutation({
    mutationFn: (fields: NewProvider) => {
      if (provider === null) return addProvider(fields);
      const { client_secret, issuer, ...rest } = fields;
      return changeProvider(provider.id, { ...rest, ...(issuer === provider.issuer ? {} : { issuer }), ...(client_secret ? { client_secret } : {}) });
    },
    onSuccess: async () => {
      void message.success(t("providers.saved"));
      await Promise.all([keys.providers, keys.doors].map((queryKey) => cache.invalidateQueries({ queryKey })));
      onClose();
    },
  });
  const needed = [{ required: true, whitespace: true, message: t("providers.needed") }];
  return (
    <Modal open width={560} title={t(provider ? "providers.formEdit" : "providers.formNew")} okText={t("people.save")} cancelText={t("common.action.cancel")} onCancel={onClose} onOk={form.submit}
      confirmLoading={save.isPending} okButtonProps={{ "data-testid": "provider-save" } as ButtonProps}>
      {save.error && <Alert type="error" showIcon style={{ margin: "12px 0" }} title={refusal(save.error)} data-testid="provider-error" />}
      <p style={{ margin: "12px 0 4px", color: "var(--text-secondary)" }}>{t("providers.callback")}</p>
      <Typography.Paragraph copyable code data-testid="provider-callback">{`${window.location.origin}/api/v1/sign-in/callback`}</Typography.Paragraph>
      <Form<NewProvider> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => save.mutate(fields)}
        initialValues={provider ? { name: provider.name, issuer: provider.issuer, client_id: provider.client_id, match_email: provider.match_email } : { match_email: true }}>
        <Form.Item name="name" label={t("providers.name")} rules={needed}><Input maxLength={100} placeholder={t("providers.namePlaceholder")} data-testid="provider-name" /></Form.Item>
        <Form.Item name="issuer" label={t("providers.issuer")} extra={t("providers.issuerHint")} rules={needed}><Input maxLength={300} data-testid="provider-issuer" /></Form.Item>
        <Form.Item name="client_id" label={t("providers.client")} rules={needed}><Input maxLength={500} autoComplete="off" data-testid="provider-client" /></Form.Item>
        <Form.Item name="client_secret" label={t("providers.secret")} extra={t(provider ? "providers.secretKept" : "providers.secretHint")} rules={provider ? [] : needed}>
          <Input.Password maxLength={500} autoComplete="new-password" data-testid="provider-secret" />
        </Form.Item>
        <Form.Item name="match_email" label={t("providers.match")} extra={t("providers.matchHint")} valuePropName="checked"><Switch data-testid="provider-match" /></Form.Item>
      </Form>
    </Modal>
  );
}
