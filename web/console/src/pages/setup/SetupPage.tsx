import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useLocation } from "react-router";
import { setUp, setupNeeded, type FirstBrand } from "@/api/access";
import { asProblem } from "@/api/problem";
import { Door } from "@/app/door/Door";
import { NewPassword } from "@/app/door/NewPassword";
import { useEnter } from "@/app/door/useEnter";
import { showFieldErrors, useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { keys } from "@/app/queries";

/** The first minute of an installation: its brand and its owner, by whoever can read what the server printed. */
export function SetupPage() {
  const { t } = useTranslation();
  const goInside = useEnter();
  const refusal = useRefusal();
  const printed = useLocation().hash.slice(1);
  const [form] = Form.useForm<FirstBrand>();
  const setup = useQuery({ queryKey: keys.setup, queryFn: setupNeeded, staleTime: Infinity });
  const create = useMutation({
    mutationFn: ({ token, brand, name, email, password }: FirstBrand) =>
      setUp({ token: token.trim(), brand: brand.trim(), name: name.trim(), email: email.trim(), password }),
    onSuccess: (session) => goInside(session),
    onError: (error) => void showFieldErrors(form, error, { password: t("passwords.weak") }),
  });
  const status = create.error ? asProblem(create.error).status : null;
  const words =
    status === null || status === 422 ? null
    : status === 403 ? t("setup.wrongToken")
    : status === 404 ? t("setup.gone")
    : refusal(create.error);
  if (setup.data === false) return <Navigate to="/signin" replace />;

  return (
    <Door title={t("setup.title")} lead={t("setup.lead")}>
      {setup.isPending && <LoadingState rows={4} />}
      {setup.error && <ProblemState error={setup.error} onRetry={() => void setup.refetch()} />}
      {words && <Alert type="error" showIcon title={words} style={{ marginBottom: 18 }} data-testid="setup-error"
        action={status === 404 ? <Link to="/signin">{t("signin.title")}</Link> : undefined} />}
      {setup.data && (
        <Form<FirstBrand> form={form} layout="vertical" requiredMark={false} initialValues={{ token: printed }} onFinish={(fields) => create.mutate(fields)} data-testid="setup-form" validateTrigger="onSubmit">
          <Form.Item name="token" label={t("setup.token")} extra={t("setup.tokenHint")} rules={[{ required: true, whitespace: true, message: t("setup.needToken") }]}>
            <Input autoComplete="off" autoFocus data-testid="setup-token" />
          </Form.Item>
          <Form.Item name="brand" label={t("setup.brand")} rules={[{ required: true, whitespace: true, message: t("setup.needBrand") }]}>
            <Input maxLength={100} autoComplete="organization" placeholder={t("setup.brandPlaceholder")} data-testid="setup-brand" />
          </Form.Item>
          <Form.Item name="name" label={t("setup.name")} rules={[{ required: true, whitespace: true, message: t("setup.needName") }]}>
            <Input maxLength={100} autoComplete="name" data-testid="setup-name" />
          </Form.Item>
          <Form.Item name="email" label={t("signin.email")}
            rules={[{ required: true, message: t("signin.needEmail") }, { pattern: /^\s*\S+@\S+\s*$/, message: t("signin.badEmail") }]}>
            <Input type="email" autoComplete="username" data-testid="setup-email" />
          </Form.Item>
          <NewPassword />
          <Button type="primary" size="large" htmlType="submit" block loading={create.isPending} data-testid="setup-submit">{t("setup.submit")}</Button>
        </Form>
      )}
    </Door>
  );
}
