import type { Rule } from "@/api/audience";
import { useSpeech } from "../useSpeech";
import styles from "./Rule.module.css";
import { piecesOf, sentenceOf } from "./words";

/** A sentence with what was chosen set off. */
export function Sentence({ text }: { text: string }) {
  return <>{piecesOf(text).map((piece, at) => (piece.isTold ? <b key={at} className={styles.told}>{piece.text}</b> : piece.text))}</>;
}

/** A rule, read out. */
export function RuleWords({ rule }: { rule: Rule }) {
  const speech = useSpeech();
  return <span className={styles.sentence} data-testid="rule-words"><Sentence text={sentenceOf(speech, rule)} /></span>;
}
