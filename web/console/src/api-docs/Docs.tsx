import { useEffect, useMemo, useState } from "react";
import { usePreferences } from "@/app/preferences";
import { matches, operations, type OpenApi, type Operation } from "./document";
import { OperationView } from "./OperationView";
import { NAMES, WORDS, type Words } from "./words";

/** Where the page stands is in the address, so an operation can be linked to. */
function useHash(): string {
  const [hash, setHash] = useState(window.location.hash.slice(1));
  useEffect(() => {
    const moved = () => setHash(window.location.hash.slice(1));
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  return hash;
}

export function Docs({ document: api }: { document: OpenApi }) {
  const { language, setLanguage } = usePreferences();
  const words = WORDS[language];
  const [query, setQuery] = useState("");
  const all = useMemo(() => operations(api), [api]);
  const shown = all.filter((operation) => matches(operation, query));
  const chosen = useHash();
  const operation = all.find(({ id }) => id === chosen);

  useEffect(() => {
    document.title = words.title;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [words, language]);
  useEffect(() => {
    // Newer browsers answer with a promise, which is no effect's clean-up.
    void window.scrollTo(0, 0);
  }, [chosen]);

  return (
    <div className="docs">
      <nav aria-label={words.heading}>
        <header>
          <a href="#" className="brand">{words.heading}</a>
          <span className="languages">
            {(["zh", "en"] as const).map((name) => (
              <button key={name} type="button" aria-pressed={name === language} onClick={() => setLanguage(name)} data-testid={`docs-${name}`}>
                {NAMES[name]}
              </button>
            ))}
          </span>
        </header>
        <input type="search" value={query} placeholder={words.search} aria-label={words.search} onChange={(event) => setQuery(event.target.value)} data-testid="docs-search" />
        {shown.length === 0 && <p className="faint">{words.nothing}</p>}
        {(api.tags ?? []).map((tag) => <Group key={tag.name} name={tag["x-words"]?.[language] ?? tag.name} shown={shown.filter((one) => one.tag === tag.name)} chosen={chosen} />)}
      </nav>
      <main>{operation ? <OperationView key={operation.id} document={api} operation={operation} words={words} /> : <Intro api={api} words={words} />}</main>
    </div>
  );
}

function Group({ name, shown, chosen }: { name: string; shown: Operation[]; chosen: string }) {
  if (shown.length === 0) return null;
  return (
    <section>
      <h2>{name}</h2>
      {shown.map(({ id, method, summary }) => (
        <a key={id} href={`#${id}`} aria-current={id === chosen ? "page" : undefined} data-testid="docs-operation">
          <b className={`method ${method}`}>{method}</b>
          <span>{summary ?? id}</span>
        </a>
      ))}
    </section>
  );
}

function Intro({ api, words }: { api: OpenApi; words: Words }) {
  return (
    <>
      <h1>{api.info.title} API <small>{api.info.version}</small></h1>
      <dl className="intro">
        {words.intro.map(([title, text]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p><a href="/openapi.json" download>{words.document}</a> · <a href="/">{words.console}</a></p>
    </>
  );
}
