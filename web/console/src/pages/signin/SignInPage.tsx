import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Divider, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate, useSearchParams } from "react-router";
import { beginSignIn, listDoors, setupNeeded } from "@/api/access";
import { asProblem } from "@/api/problem";
import { signIn } from "@/api/session";
import { Door } from "@/app/door/Door";
import { safeNext, useEnter } from "@/app/door/useEnter";
import { keys } from "@/app/queries";

/** Why a sign-in by way of a provider did not work, as the server's redirect says it. */
const ELSEWHERE = ["unknown", "taken", "provider", "over", "cancelled", "too_many", "unavailable"] as const;

interface Fields {
  email: string;
  password: string;
}

export function SignInPage() {
  const { t } = useTranslation();
  const goInside = useEnter();
  const [params] = useSearchParams();
  const setup = useQuery({ queryKey: keys.setup, queryFn: setupNeeded, retry: false, staleTime: Infinity });
  const enter = useMutation({
    mutationFn: ({ email, password }: Fields) => signIn(email.trim(), password),
    onSuccess: (session) => goInside(session, params.get("next")),
  });
  const doors = useQuery({ queryKey: keys.doors, queryFn: listDoors, retry: false });
  const leave = useMutation({
    mutationFn: (provider: string) => beginSignIn(provider, safeNext(params.get("next"))),
    onSuccess: (url) => window.location.assign(url),
  });
  const elsewhere = ELSEWHERE.find((word) => word === params.get("problem"));
  const problem = enter.error ? asProblem(enter.error) : null;
  const words =
    leave.error ? t("signin.elsewhere.unavailable")
    : problem === null ? elsewhere && t(`signin.elsewhere.${elsewhere}`)
    : problem.status === 401 ? t("signin.wrong")
    : problem.status === 429 ? t("signin.tooMany")
    : problem.status === 0 ? t("common.problem.unreachableDetail")
    : (problem.detail ?? problem.title);
  if (setup.data) return <Navigate to="/setup" replace />;

  return (
    <Door title={t("signin.title")} lead={t("signin.lead")}>
      {words && <Alert type="error" showIcon title={words} style={{ marginBottom: 18 }} data-testid="signin-error" />}
      <Form<Fields> layout="vertical" size="large" requiredMark={false} onFinish={(fields) => enter.mutate(fields)} data-testid="signin-form" validateTrigger="onSubmit">
        <Form.Item name="email" label={t("signin.email")}
          rules={[{ required: true, message: t("signin.needEmail") }, { pattern: /^\s*\S+@\S+\s*$/, message: t("signin.badEmail") }]}>
          <Input type="email" autoComplete="username" autoFocus data-testid="signin-email" />
        </Form.Item>
        <Form.Item name="password" label={t("signin.password")} rules={[{ required: true, message: t("signin.needPassword") }]}>
          <Input.Password autoComplete="current-password" data-testid="signin-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={enter.isPending} data-testid="signin-submit">{t("signin.submit")}</Button>
      </Form>
      {doors.data && doors.data.length > 0 && (
        <>
          <Divider plain>{t("signin.or")}</Divider>
          {doors.data.map(({ id, name }) => (
            <Button key={id} block size="large" style={{ marginBottom: 10 }} loading={leave.isPending && leave.variables === id} onClick={() => leave.mutate(id)} data-testid="signin-provider">
              {t("signin.by", { name })}
            </Button>
          ))}
        </>
      )}
    </Door>
  );
}
