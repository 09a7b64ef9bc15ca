import type { ReactNode } from "react";
import styles from "./PageLayout.module.css";

/** Title and lead on the left, the next action at the top right, then the page. */
export function PageLayout(props: { title: ReactNode; lead?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <div>
          <h1>{props.title}</h1>
          {props.lead && <p>{props.lead}</p>}
        </div>
        {props.actions && <div className={styles.actions}>{props.actions}</div>}
      </header>
      {props.children}
    </div>
  );
}

export function Panel(props: { title?: ReactNode; extra?: ReactNode; children: ReactNode; flush?: boolean; className?: string }) {
  return (
    <section className={`${styles.panel} ${props.className ?? ""}`}>
      {(props.title || props.extra) && (
        <div className={styles.panelHead}>
          <h2>{props.title}</h2>
          {props.extra}
        </div>
      )}
      <div className={props.flush ? styles.flush : styles.body}>{props.children}</div>
    </section>
  );
}
