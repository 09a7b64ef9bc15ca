import { StarOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Asked, Question } from "@/api/forms";
import { choicesOf, needsConsent } from "./draft";
import styles from "./Forms.module.css";

/** The form as it will look on a phone. Nothing in it can be filled in. */
export function PhonePreview({ asked }: { asked: Asked }) {
  const { t } = useTranslation();
  return (
    <aside className={styles.phone} aria-label={t("forms.preview")}>
      <div className={styles.screen}>
        <h2>{asked.title || t("forms.untitled")}</h2>
        {asked.intro && <p>{asked.intro}</p>}
        {asked.questions.map((question) => (
          <div key={question.key}>
            <h3>{question.label || t("forms.labelHint")}{question.required && <em aria-hidden="true">*</em>}</h3>
            <Field question={question} />
          </div>
        ))}
        {(needsConsent(asked) || asked.consent) && <p className={styles.agree}><i aria-hidden="true" />{asked.consent || t("forms.field.consentHint")}</p>}
        <span className={styles.send}>{t("forms.send")}</span>
      </div>
    </aside>
  );
}

function Field({ question }: { question: Question }) {
  if (question.type === "one" || question.type === "many") {
    return <ul className={question.type === "one" ? styles.radios : styles.checks}>{choicesOf(question).map((choice) => <li key={choice.key}><i aria-hidden="true" />{choice.label}</li>)}</ul>;
  }
  if (question.type === "score") return <span className={styles.stars} aria-hidden="true">{Array.from({ length: question.max }, (_, index) => <StarOutlined key={index} />)}</span>;
  return <span className={question.type === "text" ? styles.area : styles.line} />;
}
