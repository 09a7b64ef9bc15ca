import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Form, Input, Modal, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { invite } from "@/api/organisation";
import type { NewInvitation, Unit } from "@/api/types";
import { useRefusal } from "@/app/parts/refusal";
import { keys } from "@/app/queries";
import { Once, Place } from "./parts";

/** Asks somebody to join; the link is for the one who invites to send, since this server sends no mail. */
export function Invite({ open, units, onClose }: { open: boolean; units: readonly Unit[]; onClose: () => void }) {
  const { t } = useTranslation();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const [form] = Form.useForm<NewInvitation>();
  const ask = useMutation({
    mutationFn: ({ email, role, unit }: NewInvitation) => invite({ email: email.trim(), role, ...(unit ? { unit } : {}) }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.invitations }),
  });
  const close = (): void => {
    ask.reset();
    onClose();
  };
  if (ask.data) {
    return <Once title={t("people.link.title", { email: ask.data.email })} detail={t("people.link.detail")} value={`${window.location.origin}${ask.data.path}`} onClose={close} />;
  }
  return (
    <Modal open={open} title={t("people.invite")} okText={t("people.inviteOk")} cancelText={t("common.action.cancel")} onCancel={close} onOk={form.submit}
      confirmLoading={ask.isPending} okButtonProps={{ "data-testid": "invite-submit" } as ButtonProps} destroyOnHidden>
      {ask.error && <Alert type="error" showIcon style={{ margin: "12px 0" }} title={refusal(ask.error)} data-testid="invite-error" />}
      <Form<NewInvitation> form={form} layout="vertical" requiredMark={false} preserve={false} initialValues={{ role: "store_manager" }} onFinish={(fields) => ask.mutate(fields)} style={{ marginTop: 16 }}>
        <Form.Item name="email" label={t("signin.email")} rules={[{ required: true, message: t("signin.needEmail") }, { pattern: /^\s*\S+@\S+\s*$/, message: t("signin.badEmail") }]}>
          <Input type="email" autoFocus autoComplete="off" data-testid="invite-email" />
        </Form.Item>
        <Place units={units} />
      </Form>
    </Modal>
  );
}
