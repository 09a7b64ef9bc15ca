import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { changePassword } from "@/api/access";
import { NewPassword } from "../door/NewPassword";
import { showFieldErrors, useRefusal } from "./refusal";

interface Fields {
  old_password: string;
  password: string;
}

/** The password one has and the one to have; `given` when somebody else made the one they have. */
export function ChangePassword({ given = false, onDone }: { given?: boolean; onDone: () => void }) {
  const { t } = useTranslation();
  const refusal = useRefusal();
  const [form] = Form.useForm<Fields>();
  const change = useMutation({
    mutationFn: (fields: Fields) => changePassword(fields.old_password, fields.password),
    onSuccess: () => {
      form.resetFields();
      onDone();
    },
    onError: (error) => void showFieldErrors(form, error, { old_password: t("passwords.wrongOld"), password: t("passwords.weak") }),
  });
  const beside = form.getFieldsError().some(({ errors }) => errors.length > 0);
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} validateTrigger="onSubmit" onFinish={(fields) => change.mutate(fields)} style={{ maxWidth: 360 }} data-testid="password-form">
      {change.error && !beside && <Alert type="error" showIcon title={refusal(change.error)} style={{ marginBottom: 18 }} data-testid="password-error" />}
      <Form.Item name="old_password" label={given ? t("passwords.given") : t("passwords.current")} rules={[{ required: true, message: t("signin.needPassword") }]}>
        <Input.Password autoComplete="current-password" data-testid="old-password" />
      </Form.Item>
      <NewPassword label={t("passwords.chooseNew")} />
      <Button type="primary" htmlType="submit" loading={change.isPending} data-testid="password-submit">{t("passwords.submit")}</Button>
    </Form>
  );
}
