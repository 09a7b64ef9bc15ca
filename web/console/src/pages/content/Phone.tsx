import { useTranslation } from "react-i18next";
import type { Block, PageDocument } from "@/api/content";
import styles from "./Content.module.css";

/** A draft about as it looks on a phone. */
export function Phone({ document }: { document: PageDocument }) {
  const { t } = useTranslation();
  return (
    <aside className={styles.phone} aria-label={t("blocks.editor.phone")} data-testid="phone">
      <div className={styles.screen}>
        <div className={styles.bar}>{document.title || t("blocks.untitled")}</div>
        {document.blocks.map((block, at) => <Piece key={at} block={block} />)}
      </div>
    </aside>
  );
}

const picture = (src: string | null | undefined): boolean => Boolean(src && (src.startsWith("https://") || src.startsWith("/f/")));

function Piece({ block }: { block: Block }) {
  const { t } = useTranslation();
  switch (block.type) {
    case "title": return block.level === 2 ? <h4>{block.text}</h4> : <h3>{block.text}</h3>;
    case "text": return <>{block.text.split(/\n{2,}/).map((part, at) => <p key={at}>{part}</p>)}</>;
    case "image": return <div className={styles.picture}>{block.alt || t(picture(block.src) ? "blocks.type.image" : "blocks.editor.noPicture")}<small>{block.src.replace(/^https:\/\//, "")}</small></div>;
    case "list": return <ul>{block.items.map((item, at) => <li key={at}><b>{item.text}</b>{item.note && <small>{item.note}</small>}</li>)}</ul>;
    case "product": return <div className={styles.card}><b>{t("blocks.type.product")}</b><small>{block.product}</small></div>;
    case "play": return <div className={styles.card}><b>{t("blocks.type.play")}</b><small>{block.play}</small></div>;
    case "form": return (
      <div className={styles.card}>
        {block.title && <b>{block.title}</b>}
        {block.fields.map((field, at) => <div key={at} className={styles.answer}>{field.label}{field.required && <em>*</em>}{field.kind === "choice" && <small>{(field.options ?? []).join(" / ")}</small>}</div>)}
        <span className={styles.primary}>{block.submit}</span>
      </div>
    );
    case "button": return <span className={block.look === "plain" ? styles.plain : styles.primary}>{block.text}</span>;
    case "spacer": return <div style={{ height: { small: 12, medium: 28, large: 56 }[block.size] }} />;
  }
}
