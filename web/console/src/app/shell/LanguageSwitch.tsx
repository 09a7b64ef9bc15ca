import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { usePreferences, type Language } from "../preferences";

export function LanguageSwitch() {
  const { t } = useTranslation();
  const { language, setLanguage } = usePreferences();
  return (
    <Segmented<Language>
      size="small"
      value={language}
      onChange={setLanguage}
      aria-label={t("shell.language.label")}
      data-testid="language-switch"
      options={[
        { value: "zh", label: <span data-testid="language-zh">中文</span> },
        { value: "en", label: <span data-testid="language-en">EN</span> },
      ]}
    />
  );
}
