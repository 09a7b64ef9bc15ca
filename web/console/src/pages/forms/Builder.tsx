import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Dropdown, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { listTags } from "@/api/audience";
import type { Asked, Choice, Question } from "@/api/forms";
import { Panel } from "@/app/parts/PageLayout";
import { audienceKeys } from "../audience/keys";
import { asKind, choicesOf, freeKey, KINDS, localOf, moved, needsConsent, OF_PROFILE, type Kind } from "./draft";
import { PhonePreview } from "./PhonePreview";
import styles from "./Forms.module.css";

interface Props {
  asked: Asked;
  onChange: (asked: Asked) => void;
  readonly: boolean;
}

/** What is asked on the left, as customers see it on the right. */
export function Builder({ asked, onChange, readonly }: Props) {
  const { t } = useTranslation();
  const set = (patch: Partial<Asked>): void => onChange({ ...asked, ...patch });
  const words = [t("forms.choice", { number: 1 }), t("forms.choice", { number: 2 })] as const;
  const add = (type: Kind): void => {
    const key = freeKey(asked.questions.map((question) => question.key), "q");
    const label = OF_PROFILE.includes(type) ? t(`forms.ask.${type as "name" | "phone" | "city"}`) : "";
    set({ questions: [...asked.questions, asKind({ key, label, required: false, type: "text" }, type, words)] });
  };
  const put = (index: number, question: Question): void => set({ questions: asked.questions.map((each, at) => (at === index ? question : each)) });
  const once = new Set(asked.questions.map(({ type }) => type).filter((type) => OF_PROFILE.includes(type)));
  return (
    <div className={styles.builder}>
      <fieldset disabled={readonly} className={styles.column}>
        <Head asked={asked} set={set} />
        <ol className={styles.questions}>
          {asked.questions.map((question, index) => (
            <li key={question.key} data-testid="question">
              <QuestionEditor question={question} taken={once} words={words} onChange={(changed) => put(index, changed)}
                tools={<>
                  <Button type="text" size="small" icon={<ArrowUpOutlined />} disabled={index === 0} aria-label={t("forms.up")} onClick={() => set({ questions: moved(asked.questions, index, index - 1) })} />
                  <Button type="text" size="small" icon={<ArrowDownOutlined />} disabled={index === asked.questions.length - 1} aria-label={t("forms.down")} onClick={() => set({ questions: moved(asked.questions, index, index + 1) })} />
                  <Button type="text" size="small" danger icon={<DeleteOutlined />} aria-label={t("forms.drop")} onClick={() => set({ questions: asked.questions.filter((_, at) => at !== index) })} />
                </>} />
            </li>
          ))}
        </ol>
        <Dropdown trigger={["click"]} menu={{ items: KINDS.filter((kind) => !once.has(kind)).map((kind) => ({ key: kind, label: t(`forms.kind.${kind}`) })), onClick: ({ key }) => add(key as Kind) }}>
          <Button block icon={<PlusOutlined />} data-testid="question-add">{t("forms.add")}</Button>
        </Dropdown>
      </fieldset>
      <PhonePreview asked={asked} />
    </div>
  );
}

function Head({ asked, set }: { asked: Asked; set: (patch: Partial<Asked>) => void }) {
  const { t } = useTranslation();
  const personal = needsConsent(asked);
  return (
    <Panel>
      <div className={styles.fields}>
        <label>{t("forms.field.title")}<Input value={asked.title} maxLength={60} onChange={({ target }) => set({ title: target.value })} data-testid="form-title" /></label>
        <label>{t("forms.field.intro")}<Input.TextArea autoSize value={asked.intro} maxLength={500} onChange={({ target }) => set({ intro: target.value })} /></label>
        <label>{t("forms.field.consent")}<Input.TextArea autoSize status={personal && !asked.consent ? "warning" : ""} value={asked.consent} maxLength={500} onChange={({ target }) => set({ consent: target.value })} placeholder={t("forms.field.consentHint")} data-testid="form-consent" /></label>
        <label>{t("forms.field.thanks")}<Input value={asked.thanks} maxLength={500} onChange={({ target }) => set({ thanks: target.value })} /></label>
        <span className={styles.row}>
          <label>{t("forms.field.places")}<InputNumber min={1} max={1_000_000} precision={0} value={asked.places ?? null} onChange={(places) => set({ places })} placeholder={t("forms.field.noLimit")} data-testid="form-places" /></label>
          <label>{t("forms.field.until")}<Input type="datetime-local" value={localOf(asked.until)} onChange={({ target }) => set({ until: target.value ? new Date(target.value).toISOString() : null })} /></label>
        </span>
      </div>
    </Panel>
  );
}

interface QuestionProps {
  question: Question;
  /** Kinds that are asked for once at most and are there already. */
  taken: ReadonlySet<Kind>;
  words: readonly [string, string];
  onChange: (question: Question) => void;
  tools: React.ReactNode;
}

function QuestionEditor({ question, taken, words, onChange, tools }: QuestionProps) {
  const { t } = useTranslation();
  const kinds = KINDS.filter((kind) => kind === question.type || !taken.has(kind));
  return (
    <Panel>
      <div className={styles.questionHead}>
        <Select<Kind> size="small" value={question.type} options={kinds.map((value) => ({ value, label: t(`forms.kind.${value}`) }))} onChange={(kind) => onChange(asKind(question, kind, words))} popupMatchSelectWidth={false} aria-label={t("forms.kindOf")} />
        <span className={styles.tools}><Switch size="small" checked={question.required ?? false} onChange={(required) => onChange({ ...question, required })} aria-label={t("forms.required")} /> <small>{t("forms.required")}</small>{tools}</span>
      </div>
      <Input value={question.label} maxLength={200} onChange={({ target }) => onChange({ ...question, label: target.value })} placeholder={t("forms.labelHint")} aria-label={t("forms.labelHint")} data-testid="question-label" />
      {(question.type === "one" || question.type === "many") && <Choices choices={choicesOf(question)} onChange={(choices) => onChange({ ...question, choices })} />}
      {question.type === "number" && (
        <p className={styles.row}>
          <InputNumber precision={0} value={question.min} onChange={(min) => onChange({ ...question, min: min ?? 0 })} prefix={t("forms.min")} />
          <InputNumber precision={0} value={question.max} onChange={(max) => onChange({ ...question, max: max ?? 0 })} prefix={t("forms.max")} />
        </p>
      )}
      {question.type === "score" && <p className={styles.row}><InputNumber min={3} max={10} precision={0} value={question.max} onChange={(max) => onChange({ ...question, max: max ?? 5 })} prefix={t("forms.stars")} /></p>}
      {OF_PROFILE.includes(question.type) && <p className={styles.faint}>{t("forms.toProfile")}</p>}
    </Panel>
  );
}

function Choices({ choices, onChange }: { choices: Choice[]; onChange: (choices: Choice[]) => void }) {
  const { t } = useTranslation();
  const tags = useQuery({ queryKey: audienceKeys.tags, queryFn: listTags });
  const options = tags.data?.items.map(({ tag, group, name }) => ({ value: tag, label: `${group} › ${name}` })) ?? [];
  const put = (index: number, patch: Partial<Choice>): void => onChange(choices.map((each, at) => (at === index ? { ...each, ...patch } : each)));
  const add = (): void => onChange([...choices, { key: freeKey(choices.map(({ key }) => key), "c"), label: t("forms.choice", { number: choices.length + 1 }) }]);
  return (
    <ul className={styles.choices}>
      {choices.map((choice, index) => (
        <li key={choice.key}>
          <Input value={choice.label} maxLength={60} onChange={({ target }) => put(index, { label: target.value })} aria-label={t("forms.choice", { number: index + 1 })} data-testid="choice-label" />
          <Select allowClear showSearch optionFilterProp="label" value={choice.tag ?? null} options={options} onChange={(tag: string | null) => put(index, { tag: tag ?? null })} placeholder={t("forms.giveTag")} aria-label={t("forms.giveTag")} />
          <Button type="text" size="small" icon={<DeleteOutlined />} disabled={choices.length <= 2} aria-label={t("forms.drop")} onClick={() => onChange(choices.filter((_, at) => at !== index))} />
        </li>
      ))}
      <li><Button type="link" size="small" icon={<PlusOutlined />} onClick={add} data-testid="choice-add">{t("forms.addChoice")}</Button></li>
    </ul>
  );
}
