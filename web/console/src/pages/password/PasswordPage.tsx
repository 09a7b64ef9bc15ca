import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { Door } from "@/app/door/Door";
import { safeNext } from "@/app/door/useEnter";
import { ChangePassword } from "@/app/parts/ChangePassword";
import { LoadingState } from "@/app/parts/states";
import { keys, useSession } from "@/app/queries";
import { useSignOut } from "@/app/shell/useSignOut";

/** Whoever came in with a password made for them chooses their own before anything else. */
export function PasswordPage() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const session = useSession();
  const next = safeNext(useSearchParams()[0].get("next"));
  // Their permissions are others now, so the session is read again before going on.
  const goOn = async (): Promise<void> => {
    void message.success(t("passwords.done"));
    await cache.refetchQueries({ queryKey: keys.session });
    await navigate(next, { replace: true });
  };
  if (session.error && !session.data) return <Navigate to="/signin" replace />;
  if (session.data && !session.data.must_change_password) return <Navigate to={next} replace />;
  return (
    <Door title={t("passwords.title")} lead={t("passwords.lead")}>
      {session.data ? <ChangePassword given onDone={() => void goOn()} /> : <LoadingState rows={4} />}
      <Button type="link" style={{ marginTop: 12, padding: 0 }} onClick={() => void signOut()}>{t("shell.user.signOut")}</Button>
    </Door>
  );
}
