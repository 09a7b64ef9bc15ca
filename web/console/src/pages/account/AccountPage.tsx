import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { ChangePassword } from "@/app/parts/ChangePassword";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { keys, useSession } from "@/app/queries";
import { useRoleWords } from "@/app/roles";
import { Links } from "./Links";
import { SignIns } from "./SignIns";

/** One's own account: the password, and where one is signed in. */
export function AccountPage() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const roleWords = useRoleWords();
  const staff = useSession().data?.staff;
  const done = (): void => {
    void message.success(t("passwords.done"));
    void cache.invalidateQueries({ queryKey: keys.sessions });
  };
  return (
    <PageLayout title={t("account.title")} lead={staff && `${staff.name} · ${staff.email} · ${roleWords(staff.role, staff.role_name)}`}>
      <Panel title={t("account.password")}>
        <ChangePassword onDone={done} />
      </Panel>
      <SignIns />
      <Links />
    </PageLayout>
  );
}
