import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { asProblem } from "@/api/problem";
import { signIn } from "@/api/session";
import { BrandMark } from "@/app/parts/Brand";
import { keys } from "@/app/queries";
import { LanguageSwitch } from "@/app/shell/LanguageSwitch";
import { Beam } from "./Beam";
import styles from "./SignInPage.module.css";

interface Fields {
  email: string;
  password: string;
}

/** Only paths of this console: never another site's address. */
const safeNext = (next: string | null): string => (next && /^\/(?![/\\])/.test(next) ? next : "/today");

export function SignInPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [params] = useSearchParams();
  const enter = useMutation({
    mutationFn: ({ email, password }: Fields) => signIn(email.trim(), password),
    onSuccess: async (session) => {
      cache.clear();
      cache.setQueryData(keys.session, session);
      await navigate(safeNext(params.get("next")), { replace: true });
    },
  });
  const problem = enter.error ? asProblem(enter.error) : null;
  const words =
    problem === null ? null
    : problem.status === 401 ? t("signin.wrong")
    : problem.status === 429 ? t("signin.tooMany")
    : problem.status === 0 ? t("common.problem.unreachableDetail")
    : (problem.detail ?? problem.title);

  return (
    <div className={styles.page}>
      <section className={styles.scene} aria-hidden="true">
        <Beam />
        <div className={styles.claim}>
          <h2>{t("signin.claim1")}</h2>
          <p>{t("signin.claim2")}</p>
        </div>
      </section>
      <section className={styles.door}>
        <div className={styles.language}><LanguageSwitch /></div>
        <div className={styles.form}>
          <div className={styles.brand}><BrandMark size={40} /><span>{t("common.brand")}</span></div>
          <h1>{t("signin.title")}</h1>
          <p className={styles.lead}>{t("signin.lead")}</p>
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
        </div>
      </section>
    </div>
  );
}
