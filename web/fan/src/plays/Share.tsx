import { useState } from "preact/hooks";
import { Sheet } from "../kit/Sheet";
import { fill, t } from "../text";

/** The address friends get: whoever helps there was brought by whoever began it. */
export const address = (workspace: number, play: string, attempt: string): string =>
  `${location.origin}/f/${workspace}/play/${encodeURIComponent(play)}/${encodeURIComponent(attempt)}`;

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https there is no clipboard: the link stands there to be copied by hand.
    return false;
  }
}

export function Share({ workspace, link, title, close }: { workspace: number; link: string; title: string; close: () => void }) {
  const [copied, setCopied] = useState(false);
  const path = link.slice(location.origin.length);
  return (
    <Sheet title={t.invite} close={close}>
      <p><small>{t.shareLead}</small></p>
      <img class="qr" src={`/f/${workspace}/qr.svg?to=${encodeURIComponent(path)}`} alt={fill(t.qr, { title })} width={200} height={200} />
      <input class="link" readOnly value={link} aria-label={t.copy} onFocus={(event) => event.currentTarget.select()} />
      <button class="button primary" onClick={() => { void copy(link).then(setCopied); }}>{copied ? `✓ ${t.copied}` : t.copy}</button>
      {"share" in navigator && <button class="button plain" onClick={() => { navigator.share({ title, url: link }).catch(() => {}); }}>{t.send}</button>}
    </Sheet>
  );
}
