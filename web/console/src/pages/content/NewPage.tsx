import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Form, Input, Modal, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { createPage } from "@/api/content";
import { asProblem } from "@/api/problem";
import { useRefusal } from "@/app/parts/refusal";

interface Fields {
  title: string;
  page?: string;
}

/** A page begins with a title, and with a sample that one can throw away. */
export function NewPage({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const create = useMutation({
    mutationFn: ({ title, page }: Fields) =>
      createPage({
        ...(page?.trim() ? { page: page.trim() } : {}),
        draft: { title: title.trim(), description: "", image: null, blocks: [{ type: "title", text: title.trim(), level: 1 }, { type: "text", text: t("blocks.sampleText") }] },
      }),
    onSuccess: async (made) => {
      await cache.invalidateQueries({ queryKey: ["content"] });
      void navigate(`/pages/${encodeURIComponent(made.page)}`);
    },
  });
  const taken = create.error !== null && asProblem(create.error).status === 409;
  return (
    <Modal open title={t("blocks.create")} onCancel={onClose} onOk={form.submit} okText={t("common.action.create")} cancelText={t("common.action.cancel")} confirmLoading={create.isPending}
      okButtonProps={{ "data-testid": "page-save" } as ButtonProps}>
      {create.error && <Alert type="error" showIcon title={taken ? t("blocks.form.taken") : refusal(create.error)} style={{ margin: "12px 0" }} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => create.mutate(fields)} style={{ marginTop: 12 }}>
        <Form.Item name="title" label={t("blocks.form.title")} extra={t("blocks.form.titleHint")} rules={[{ required: true, whitespace: true, message: t("blocks.form.needTitle") }]}>
          <Input autoFocus maxLength={60} data-testid="page-form-title" />
        </Form.Item>
        <Form.Item name="page" label={t("blocks.form.id")} extra={t("blocks.form.idHint")} rules={[{ pattern: /^[A-Za-z0-9_.:-]{1,64}$/, message: t("blocks.form.badId") }]}>
          <Input placeholder="spring" maxLength={64} data-testid="page-form-id" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
