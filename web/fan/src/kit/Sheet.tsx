import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../text";

/** Something that comes up from below, takes the focus, and gives it back. */
export function Sheet({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.focus();
    const keys = (event: KeyboardEvent): void => { if (event.key === "Escape") close(); };
    addEventListener("keydown", keys);
    return () => {
      removeEventListener("keydown", keys);
      before?.focus();
    };
  }, []);
  return (
    <div class="shade" onClick={(event) => { if (event.target === event.currentTarget) close(); }}>
      <div class="sheet" role="dialog" aria-modal="true" aria-label={title} tabIndex={-1} ref={box}>
        <h2>{title}</h2>
        {children}
        <button class="button plain" onClick={close}>{t.close}</button>
      </div>
    </div>
  );
}
