import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { EmptyState } from "../parts/states";

export function NotFound() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <EmptyState
      title={t("shell.notFound.title")}
      action={<Button onClick={() => void navigate("/today")}>{t("shell.notFound.action")}</Button>}
    />
  );
}
