import type { ComponentChildren } from "preact";
import type { Laid } from "../state";
import { t } from "../text";

/** One thing said in the middle of the screen. */
export function Notice({ title, lead, children }: { title: string; lead?: string; children?: ComponentChildren }) {
  return (
    <main class="notice">
      <h1>{title}</h1>
      {lead && <p>{lead}</p>}
      {children}
    </main>
  );
}

export const Lost = () => <Notice title={t.notFound} lead={t.notFoundLead} />;

export const Waiting = () => <main class="notice" aria-busy="true"><p>{t.loading}</p></main>;

export const Failed = ({ again }: { again: () => void }) => (
  <Notice title={t.unavailable}><button class="button primary" onClick={again}>{t.retry}</button></Notice>
);

/** Where whoever signs in without a page to go to arrives, and is told why that did not work. */
export function Home({ page }: { page: Laid }) {
  const why = new URLSearchParams(location.search).get("sign_in");
  const said = why && why in t.signInWhy ? t.signInWhy[why as keyof typeof t.signInWhy] : null;
  return <Notice title={page.brand || t.home} lead={said ?? t.homeLead} />;
}
