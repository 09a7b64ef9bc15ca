import { useEffect, useRef } from "react";

/** The words the frame and we speak: `web/fan/src/pages/Preview.tsx` says them too. */
const READY = "searchlight:preview:ready";
const SHOW = "searchlight:preview:show";

/**
 * A phone that shows a page made of blocks while it is written: the very renderer customers get, in a frame of its own, so that neither's
 * looks touch the other's. It is told the document anew with every change.
 */
export function PhonePreview({ workspace, document, title }: { workspace: number; document: unknown; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const latest = useRef(document);
  latest.current = document;
  const tell = (): void => frame.current?.contentWindow?.postMessage({ kind: SHOW, document: latest.current }, location.origin);
  useEffect(() => {
    const hear = (event: MessageEvent<{ kind?: string }>): void => {
      if (event.origin === location.origin && event.source === frame.current?.contentWindow && event.data?.kind === READY) tell();
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, []);
  useEffect(tell, [document]);
  return (
    <iframe ref={frame} title={title} src={`/f/${workspace}/preview`} data-testid="phone-preview"
      style={{ width: 390, maxWidth: "100%", height: 720, border: "10px solid #101827", borderRadius: 36, background: "#0b1220" }} />
  );
}
