import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, DatePicker, Form, Input, InputNumber, Modal, type ButtonProps } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { givePoints } from "@/api/ledger";
import { asProblem } from "@/api/problem";

interface Fields {
  person: string;
  points: number;
  reason: string;
  ends?: { endOf: (unit: "day") => { toISOString: () => string } } | null;
}

const MOST = 1_000_000;

/** Points by hand. What is asked is sent under one key until it is changed, so that a second press gives nothing twice. */
export function GivePoints({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const key = useRef(crypto.randomUUID());
  const renew = () => { key.current = crypto.randomUUID(); };
  const give = useMutation({
    mutationFn: ({ person, points, reason, ends }: Fields) =>
      givePoints({ person: person.trim(), points, reason: reason.trim(), ...(ends ? { ends_at: ends.endOf("day").toISOString() } : {}) }, key.current),
    onSuccess: (_, { points }) => {
      void message.success(points > 0 ? t("ledger.points.given", { count: points }) : t("ledger.points.taken", { count: -points }));
      renew();
      form.resetFields();
      void cache.invalidateQueries({ queryKey: ["ledger"] });
      onClose();
    },
  });
  const problem = give.error ? asProblem(give.error) : null;
  return (
    <Modal open={open} title={t("ledger.points.action")} okText={t("ledger.points.action")} cancelText={t("common.action.cancel")} onCancel={onClose} onOk={form.submit}
      confirmLoading={give.isPending} okButtonProps={{ "data-testid": "points-submit" } as ButtonProps} destroyOnHidden>
      {problem && <Alert type="error" showIcon style={{ margin: "12px 0" }} title={problem.errors?.[0]?.message ?? problem.detail ?? problem.title} data-testid="points-problem" />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onValuesChange={renew} onFinish={(fields) => give.mutate(fields)} style={{ marginTop: 16 }}>
        <Form.Item name="person" label={t("ledger.points.person")} extra={t("ledger.points.personHint")} rules={[{ required: true, pattern: /^\s*p\d+\s*$/, message: t("ledger.points.needPerson") }]}>
          <Input autoFocus data-testid="points-person" />
        </Form.Item>
        <Form.Item name="points" label={t("ledger.points.amount")} extra={t("ledger.points.amountHint")}
          rules={[{ validator: (_, value?: number) => (value && Math.abs(value) <= MOST ? Promise.resolve() : Promise.reject(new Error(t("ledger.points.needAmount")))) }]}>
          <InputNumber precision={0} min={-MOST} max={MOST} style={{ width: "100%" }} data-testid="points-amount" />
        </Form.Item>
        <Form.Item name="reason" label={t("ledger.points.reason")} rules={[{ required: true, whitespace: true, message: t("ledger.points.needReason") }]}>
          <Input maxLength={200} data-testid="points-reason" />
        </Form.Item>
        <Form.Item noStyle shouldUpdate={(before: Fields, after: Fields) => (before.points > 0) !== (after.points > 0)}>
          {() => ((form.getFieldValue("points") as number | undefined) ?? 0) > 0 && (
            <Form.Item name="ends" label={t("ledger.points.ends")}><DatePicker style={{ width: "100%" }} data-testid="points-ends" /></Form.Item>
          )}
        </Form.Item>
      </Form>
    </Modal>
  );
}
