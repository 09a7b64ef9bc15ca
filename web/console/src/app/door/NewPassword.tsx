import { Form, Input } from "antd";
import { useTranslation } from "react-i18next";

/** As the server asks; it also refuses what everybody tries, and says so beside the field. */
const CHARS_MIN = 10;

/** A new password, twice. The fields are `password` and `again`. */
export function NewPassword({ label }: { label?: string }) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="password" label={label ?? t("passwords.choose")} extra={t("passwords.hint")}
        rules={[{ required: true, message: t("signin.needPassword") }, { min: CHARS_MIN, message: t("passwords.short") }]}>
        <Input.Password autoComplete="new-password" data-testid="new-password" />
      </Form.Item>
      <Form.Item name="again" label={t("passwords.again")} dependencies={["password"]}
        rules={[
          { required: true, message: t("passwords.needAgain") },
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              !value || value === getFieldValue("password") ? Promise.resolve() : Promise.reject(new Error(t("passwords.differ"))),
          }),
        ]}>
        <Input.Password autoComplete="new-password" data-testid="new-password-again" />
      </Form.Item>
    </>
  );
}
