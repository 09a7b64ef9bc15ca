import { useState } from "react";
import { curl, fields, typeName, type Field, type OpenApi, type Operation, type Schema } from "./document";
import type { Words } from "./words";

export function OperationView({ document: api, operation, words }: { document: OpenApi; operation: Operation; words: Words }) {
  const permission = operation["x-permission"];
  const parameters = operation.parameters ?? [];
  return (
    <article>
      <h1>{operation.summary}</h1>
      <p className="path"><b className={`method ${operation.method}`}>{operation.method}</b> <code>{operation.path}</code></p>
      {operation.description && <p><Text>{operation.description}</Text></p>}
      <p className="faint">
        {permission === "public" ? words.public : permission === "signed_in" ? words.signedIn : <>{words.permission} <code>{permission}</code></>} · <code>{operation.id}</code>
      </p>
      <Curl text={curl(api, operation, window.location.origin)} words={words} />
      {parameters.length > 0 && (
        <>
          <h2>{words.parameters}</h2>
          <Fields words={words} rows={parameters.map(({ name, in: where, required, description, schema }) => ({
            depth: 0, name, required: required ?? false, type: `${where} · ${typeName(api, schema ?? {})}`, description: description ?? schema?.description ?? "",
          }))} />
        </>
      )}
      {operation.requestBody && (
        <>
          <h2>{words.body}</h2>
          {operation.requestBody.description && <p><Text>{operation.requestBody.description}</Text></p>}
          {Object.entries(operation.requestBody.content).map(([kind, { schema }]) => <Content key={kind} api={api} kind={kind} schema={schema} words={words} />)}
        </>
      )}
      <h2>{words.answers}</h2>
      {Object.entries(operation.responses ?? {}).map(([status, answer]) => (
        <details key={status} open={status.startsWith("2")}>
          <summary><b className={`status s${status[0]}`}>{status}</b> {answer.description}</summary>
          {Object.entries(answer.content ?? {}).map(([kind, { schema }]) => <Content key={kind} api={api} kind={kind} schema={schema} words={words} />)}
        </details>
      ))}
    </article>
  );
}

/** A description, with what stands in backticks as code. */
function Text({ children }: { children: string }) {
  return <>{children.split("`").map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}</>;
}

function Content({ api, kind, schema, words }: { api: OpenApi; kind: string; schema: Schema | undefined; words: Words }) {
  return (
    <>
      <p className="faint"><code>{kind}</code>{schema && <> · {typeName(api, schema)}</>}</p>
      {schema && <Fields rows={fields(api, schema)} words={words} />}
    </>
  );
}

function Fields({ rows, words }: { rows: Field[]; words: Words }) {
  if (rows.length === 0) return null;
  return (
    <div className="scroll">
      <table>
        <tbody>
          {rows.map((row, at) => (
            <tr key={`${at}${row.name}`}>
              <td style={{ paddingLeft: 12 + row.depth * 18 }}><code>{row.name}</code>{row.required && <i>{words.required}</i>}</td>
              <td className="type">{row.type}</td>
              <td><Text>{row.description}</Text></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Curl({ text, words }: { text: string; words: Words }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    // Without TLS a browser has no clipboard for pages; the text can be marked by hand then.
    await navigator.clipboard?.writeText(text);
    setCopied(true);
  };
  return (
    <div className="curl">
      <button type="button" onClick={() => void copy()} data-testid="docs-copy">{copied ? words.copied : words.copy}</button>
      <pre data-testid="docs-curl">{text}</pre>
    </div>
  );
}
