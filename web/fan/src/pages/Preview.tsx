import { useEffect, useState } from "preact/hooks";
import { Blocks } from "../blocks/Blocks";
import type { Block, PageDocument } from "../blocks/document";
import { t } from "../text";
import { Notice } from "./Plain";

/** Asks the console for the document, and is told it anew at every keystroke. */
export const READY = "searchlight:preview:ready";
export const SHOW = "searchlight:preview:show";

/** What the console's phone frame shows: this renderer with a document that is told. Nothing is sent, nothing leads away. */
export function Preview({ workspace }: { workspace: number }) {
  const [document, show] = useState<PageDocument | null>(null);
  useEffect(() => {
    const hear = (event: MessageEvent<{ kind?: string; document?: PageDocument }>): void => {
      // Our own console only: another site's page cannot frame this one, and is not heard.
      if (event.origin === location.origin && event.source === parent && event.data?.kind === SHOW && event.data.document) show(event.data.document);
    };
    addEventListener("message", hear);
    if (parent !== window) parent.postMessage({ kind: READY }, location.origin);
    return () => removeEventListener("message", hear);
  }, []);
  if (!document) return <Notice title={t.preview} />;
  const thanks = (form: string): string =>
    document.blocks.find((block): block is Extract<Block, { type: "form" }> => block.type === "form" && block.form === form)?.thanks ?? "";
  const stay = (event: MouseEvent): void => { if ((event.target as Element).closest("a")) event.preventDefault(); };
  return <div onClick={stay}><Blocks workspace={workspace} document={document} send={(form) => Promise.resolve({ thanks: thanks(form) })} /></div>;
}
