import { useId, useState } from "preact/hooks";
import { Offline, Refused } from "../api";
import { fill, t } from "../text";
import type { Block, FormField } from "./document";

export type FormBlock = Extract<Block, { type: "form" }>;
/** Sends answers and gives what is said afterwards. */
export type Send = (form: string, answers: Record<string, string>) => Promise<{ thanks: string }>;

type Wrong = Record<string, string>;

/** Questions to customers. Nothing that was typed is lost: not by a refusal, not by a network that is away. */
export function Form({ block, send }: { block: FormBlock; send: Send }) {
  const id = useId();
  const [thanks, setThanks] = useState<string | null>(null);
  const [wrong, setWrong] = useState<Wrong>({});
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const answers = Object.fromEntries(block.fields.map((field) => [field.name, String(data.get(field.name) ?? "").trim()]).filter(([, value]) => value));
    const missing = block.fields.filter((field) => field.required && !answers[field.name]);
    setWrong(Object.fromEntries(missing.map((field) => [field.name, t.required])));
    setSaid("");
    if (missing.length) {
      document.getElementById(`${id}-${missing[0]?.name}`)?.focus();
      return;
    }
    setBusy(true);
    try {
      setThanks((await send(block.form, answers)).thanks);
    } catch (error) {
      if (error instanceof Refused) setWrong(faults(error));
      setSaid(error instanceof Offline ? t.offline : error instanceof Refused && error.problem.status === 401 ? t.cookies : fill(t.wrong, { why: (error as Error).message }));
    } finally {
      setBusy(false);
    }
  };

  if (thanks !== null) return <p class="card thanks" role="status">✓ {thanks}</p>;
  return (
    <form class="card" onSubmit={submit} noValidate aria-label={block.title ?? undefined}>
      {block.title && <h2>{block.title}</h2>}
      {block.fields.map((field) => <Field key={field.name} field={field} id={`${id}-${field.name}`} wrong={wrong[field.name]} />)}
      <button class="button primary" disabled={busy}>{busy ? t.sending : block.submit}</button>
      <p class="said" role="alert">{said}</p>
    </form>
  );
}

/** `answers.phone` is what is wrong with the phone number. */
const faults = (error: Refused): Wrong =>
  Object.fromEntries((error.problem.errors ?? []).map((one) => [(one.field ?? "").replace(/^answers\./, ""), one.message]));

const INPUT = {
  text: {},
  name: { autocomplete: "name" },
  phone: { type: "tel", inputMode: "tel", autocomplete: "tel" },
  city: { autocomplete: "address-level2" },
} as const;

function Field({ field, id, wrong }: { field: FormField; id: string; wrong?: string }) {
  const common = { id, name: field.name, required: field.required, "aria-invalid": wrong ? true : undefined, "aria-describedby": wrong ? `${id}-wrong` : undefined };
  return (
    <div class="field">
      <label for={id}>{field.label}{field.required && <span aria-hidden="true" class="star">*</span>}</label>
      {field.kind === "choice"
        ? (
          <select {...common}>
            <option value="">{t.choose}</option>
            {(field.options ?? []).map((option) => <option key={option}>{option}</option>)}
          </select>
        )
        : <input {...common} {...(INPUT[field.kind] ?? {})} maxLength={200} />}
      {wrong && <small id={`${id}-wrong`} class="wrong">{wrong}</small>}
    </div>
  );
}
