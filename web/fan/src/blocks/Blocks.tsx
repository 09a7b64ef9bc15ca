import type { ComponentChildren } from "preact";
import { Form, type Send } from "./Form";
import { type Block, type ListItem, type PageDocument, type Target, address, paragraphs, picture } from "./document";

type Place = {
  workspace: number;
  /** How a form is sent; the preview sends nothing. */
  send: Send;
  /** What stands for a play or a product in the page. */
  card?: (kind: "play" | "product", id: string) => ComponentChildren;
};

/** A page made of blocks: a function of its document alone, so that the console's preview is this very renderer. */
export function Blocks({ document, ...place }: { document: PageDocument } & Place) {
  return (
    <main class="blocks">
      {document.blocks.map((block, at) => <OneBlock key={at} block={block} {...place} />)}
    </main>
  );
}

function OneBlock({ block, ...place }: { block: Block } & Place) {
  const { workspace } = place;
  switch (block.type) {
    case "title": return block.level === 2 ? <h2>{block.text}</h2> : <h1>{block.text}</h1>;
    case "text": return <>{paragraphs(block.text).map((lines, at) => <p key={at}>{lines.flatMap((line, n) => (n ? [<br key={n} />, line] : [line]))}</p>)}</>;
    case "image": {
      const src = picture(block.src);
      return src ? <Linked workspace={workspace} to={block.to}><img class="picture" src={src} alt={block.alt ?? ""} loading="lazy" decoding="async" /></Linked> : null;
    }
    case "list": return <ul class="list">{block.items.map((item, at) => <Entry key={at} item={item} workspace={workspace} />)}</ul>;
    case "product": return <>{place.card?.("product", block.product)}</>;
    case "play": return <>{place.card?.("play", block.play)}</>;
    case "form": return <Form block={block} send={place.send} />;
    case "button": return <a class={`button ${block.look === "plain" ? "plain" : "primary"}`} href={address(workspace, block.to)}>{block.text}</a>;
    case "spacer": return <div class={`spacer ${block.size}`} />;
    // What a newer console can make and this page cannot show yet.
    default: return null;
  }
}

function Linked({ workspace, to, children }: { workspace: number; to?: Target | null; children: ComponentChildren }) {
  return to ? <a class="linked" href={address(workspace, to)}>{children}</a> : <>{children}</>;
}

function Entry({ item, workspace }: { item: ListItem; workspace: number }) {
  const src = picture(item.image);
  return (
    <li>
      <Linked workspace={workspace} to={item.to}>
        {src && <img src={src} alt="" loading="lazy" decoding="async" />}
        <span class="entry"><span>{item.text}</span>{item.note && <small>{item.note}</small>}</span>
        {item.to && <span class="chevron" aria-hidden="true">›</span>}
      </Linked>
    </li>
  );
}
