import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { acceptInvitation, readInvitation } from "@/api/access";
import { asProblem } from "@/api/problem";
import type { InvitationWelcome } from "@/api/types";
import { useRoleWords } from "@/app/roles";
import { Door } from "@/app/door/Door";
import { NewPassword } from "@/app/door/NewPassword";
import { useEnter } from "@/app/door/useEnter";
import { useFormats } from "@/app/format";
import { showFieldErrors, useRefusal } from "@/app/parts/refusal";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";

interface Fields {
  name: string;
  password: string;
}

/** A used, withdrawn or expired invitation is a refusal; silence and the server's faults may pass. */
const isGone = (error: unknown): boolean => {
  const { status } = asProblem(error);
  return status >= 400 && status < 500 && status !== 429;
};

/** The page behind an invitation's link. The token stands behind the #, so no server's log has it. */
export function InvitationPage() {
  const roleWords = useRoleWords();
  const { t } = useTranslation();
  const navigate = useNavigate();
  const token = useLocation().hash.slice(1);
  const welcome = useQuery({ queryKey: ["invitation", token], queryFn: () => readInvitation(token), enabled: token !== "", staleTime: Infinity });
  const gone = token === "" || (welcome.error !== null && isGone(welcome.error));
  const asked = welcome.data;
  const role = asked && roleWords(asked.role, asked.role_name);
  const lead = asked && t(asked.unit ? "invitation.leadUnit" : "invitation.lead", { email: asked.email, role, unit: asked.unit?.name });
  return (
    <Door title={asked ? t("invitation.title", { brand: asked.brand }) : t("invitation.titleNone")} lead={lead}>
      {gone && <EmptyState title={t("invitation.gone.title")} detail={t("invitation.gone.detail")}
        action={<Button onClick={() => void navigate("/signin")}>{t("invitation.toSignIn")}</Button>} />}
      {!gone && welcome.error && <ProblemState error={welcome.error} onRetry={() => void welcome.refetch()} />}
      {!gone && welcome.isPending && <LoadingState rows={4} />}
      {asked && <Join token={token} asked={asked} />}
    </Door>
  );
}

function Join({ token, asked }: { token: string; asked: InvitationWelcome }) {
  const { t } = useTranslation();
  const format = useFormats();
  const goInside = useEnter();
  const refusal = useRefusal();
  const [form] = Form.useForm<Fields>();
  const join = useMutation({
    mutationFn: (fields: Fields) => acceptInvitation(token, fields.name.trim(), fields.password),
    onSuccess: (session) => goInside(session),
    onError: (error) => void showFieldErrors(form, error, { password: t("passwords.weak") }),
  });
  const status = join.error ? asProblem(join.error).status : null;
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} validateTrigger="onSubmit" onFinish={(fields) => join.mutate(fields)} data-testid="invitation-form">
      {status !== null && status !== 422 && (
        <Alert type="error" showIcon title={status === 404 ? t("invitation.gone.title") : refusal(join.error)} style={{ marginBottom: 18 }} data-testid="invitation-error" />
      )}
      <input type="email" hidden readOnly autoComplete="username" value={asked.email} />
      <Form.Item name="name" label={t("invitation.name")} rules={[{ required: true, whitespace: true, message: t("invitation.needName") }]}>
        <Input autoFocus maxLength={100} autoComplete="name" data-testid="invitation-name" />
      </Form.Item>
      <NewPassword />
      <Button type="primary" size="large" htmlType="submit" block loading={join.isPending} data-testid="invitation-submit">{t("invitation.submit")}</Button>
      <p style={{ color: "var(--text-faint)", fontSize: 12 }}>{t("invitation.until", { time: format.moment(asked.expires_at) })}</p>
    </Form>
  );
}
