import { useEffect, useId, useState } from "preact/hooks";
import { Offline, Refused, command, read } from "../api";
import { fill, t } from "../text";

type Choice = { key: string; label: string };
export type Question =
  & { key: string; label: string; required?: boolean }
  & (
    | { type: "one" | "many"; choices: Choice[]; at_most?: number | null }
    | { type: "number"; min: number; max: number }
    | { type: "score"; max: number }
    | { type: "text" | "date" | "name" | "phone" | "city" }
  );
export type Answer = string | number | string[];

/** A form as customers see it. */
export type OpenForm = {
  form: string;
  version: number;
  title: string;
  intro: string;
  thanks: string;
  /** What whoever answers agrees to, if anything. */
  consent: string;
  questions: Question[];
  open: boolean;
  answered: boolean;
};

type Wrong = Record<string, string>;

/** A form a page names. One that is not there, or not yet, leaves no trace in the page. */
export function NamedForm({ workspace, form }: { workspace: number; form: string }) {
  const [found, setFound] = useState<OpenForm | null>(null);
  useEffect(() => {
    let here = true;
    read<OpenForm>(formPath(workspace, form)).then((told) => here && setFound(told), () => undefined);
    return () => { here = false; };
  }, [workspace, form]);
  return found && <Form asked={found} send={sender(workspace, found)} />;
}

export const formPath = (workspace: number, form: string): string => `/api/v1/fan/${workspace}/forms/${encodeURIComponent(form)}`;

type Send = (answers: Record<string, Answer>, agreed: boolean, website: string) => Promise<unknown>;

export const sender = (workspace: number, { form, version }: OpenForm): Send =>
  (answers, agreed, website) => command(`${formPath(workspace, form)}/answers`, { version, answers, agreed, website });

/** Questions to customers. Nothing that was typed is lost: not by a refusal, not by a network that is away. */
export function Form({ asked, send }: { asked: OpenForm; send: Send }) {
  const id = useId();
  const [done, setDone] = useState(asked.answered);
  const [wrong, setWrong] = useState<Wrong>({});
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const answers = answersOf(asked.questions, data);
    const agreed = data.get("agreed") !== null;
    const missing = asked.questions.filter(({ key, required }) => required && answers[key] === undefined).map(({ key }) => key);
    if (asked.consent && !agreed) missing.push("agreed");
    setWrong(Object.fromEntries(missing.map((key) => [key, t.required])));
    setSaid("");
    if (missing.length) {
      document.getElementById(`${id}-${missing[0]}`)?.focus();
      return;
    }
    setBusy(true);
    try {
      await send(answers, agreed, String(data.get("website") ?? ""));
      setDone(true);
    } catch (error) {
      if (error instanceof Refused) setWrong(faults(error));
      setSaid(error instanceof Offline ? t.offline : error instanceof Refused && error.problem.status === 401 ? t.cookies : fill(t.wrong, { why: (error as Error).message }));
    } finally {
      setBusy(false);
    }
  };

  if (done) return <p class="card thanks" role="status">✓ {asked.thanks || t.thanks}</p>;
  if (!asked.open) return <p class="card" role="status">{t.over}</p>;
  return (
    <form class="card" onSubmit={submit} noValidate aria-label={asked.title}>
      <h2>{asked.title}</h2>
      {asked.intro && <p>{asked.intro}</p>}
      {asked.questions.map((question) => <Field key={question.key} question={question} id={`${id}-${question.key}`} wrong={wrong[question.key]} />)}
      {asked.consent && (
        <label class="agree"><input type="checkbox" id={`${id}-agreed`} name="agreed" aria-invalid={wrong.agreed ? true : undefined} /> {asked.consent}{wrong.agreed && <small class="wrong">{wrong.agreed}</small>}</label>
      )}
      {/* Only what fills in everything finds this. */}
      <input class="trap" name="website" tabIndex={-1} autocomplete="off" aria-hidden="true" />
      <button class="button primary" disabled={busy}>{busy ? t.sending : t.submit}</button>
      <p class="said" role="alert">{said}</p>
    </form>
  );
}

/** What was filled in, by question. */
export function answersOf(questions: readonly Question[], data: FormData): Record<string, Answer> {
  const told = questions.map(({ key, type }): [string, Answer] | null => {
    if (type === "many") {
      const keys = data.getAll(key).map(String);
      return keys.length ? [key, keys] : null;
    }
    const text = String(data.get(key) ?? "").trim();
    if (!text) return null;
    return [key, type === "number" || type === "score" ? Number(text) : text];
  });
  return Object.fromEntries(told.filter((one): one is [string, Answer] => one !== null));
}

/** `answers.phone` is what is wrong with the phone number. */
const faults = (error: Refused): Wrong =>
  Object.fromEntries((error.problem.errors ?? []).map((one) => [(one.field ?? "").replace(/^answers\./, ""), one.message]));

const INPUT = {
  text: {},
  date: { type: "date" },
  name: { autocomplete: "name" },
  phone: { type: "tel", inputMode: "tel", autocomplete: "tel" },
  city: { autocomplete: "address-level2" },
} as const;

function Field({ question, id, wrong }: { question: Question; id: string; wrong?: string }) {
  const told = wrong && <small id={`${id}-wrong`} class="wrong">{wrong}</small>;
  const label = <>{question.label}{question.required && <span aria-hidden="true" class="star">*</span>}</>;
  const common = { id, name: question.key, "aria-invalid": wrong ? true : undefined, "aria-describedby": wrong ? `${id}-wrong` : undefined };
  switch (question.type) {
    case "one":
    case "many":
    case "score": {
      const choices = question.type === "score"
        ? Array.from({ length: question.max }, (_, at) => ({ key: String(at + 1), label: "★".repeat(at + 1) }))
        : question.choices;
      return (
        <fieldset class="field choices">
          <legend>{label}</legend>
          {choices.map((choice, at) => (
            <label key={choice.key}><input {...common} id={at ? `${id}-${at}` : id} type={question.type === "many" ? "checkbox" : "radio"} value={choice.key} /> {choice.label}</label>
          ))}
          {told}
        </fieldset>
      );
    }
    case "number":
      return <div class="field"><label for={id}>{label}</label><input {...common} type="number" inputMode="numeric" min={question.min} max={question.max} />{told}</div>;
    default:
      return <div class="field"><label for={id}>{label}</label><input {...common} {...INPUT[question.type]} maxLength={1000} />{told}</div>;
  }
}
