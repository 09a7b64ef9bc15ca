import { keepPreviousData, useQuery, type QueryKey } from "@tanstack/react-query";
import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import styles from "./states.module.css";

/** What the server says while an answer is being worked out: how much of it is done, from 0 to 1. */
export interface Working {
  working: number;
}

const isWorking = (answer: object): answer is Working => "working" in answer;

export interface Long<Answer> {
  data: Answer | undefined;
  /** How much is done; null when nothing is being waited for. */
  working: number | null;
  error: unknown;
  /** What is shown is of the question before. */
  stale: boolean;
  refetch: () => void;
}

/** Asks again every second while the server is still working the answer out. */
export function useLong<Answer extends object>(queryKey: QueryKey, ask: () => Promise<Answer | Working>, enabled = true): Long<Answer> {
  const query = useQuery({
    queryKey,
    queryFn: ask,
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data && isWorking(state.data) ? 1_000 : false),
  });
  const answer = query.data;
  return {
    data: answer && !isWorking(answer) ? answer : undefined,
    working: answer && isWorking(answer) ? answer.working : null,
    error: answer ? null : query.error,
    stale: query.isPlaceholderData,
    refetch: () => void query.refetch(),
  };
}

export function WorkingState({ done }: { done: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.state} role="status" data-testid="working">
      <Progress type="circle" size={72} percent={Math.round(done * 100)} strokeColor="var(--accent)" />
      <h3>{t("working.title")}</h3>
      <p>{t("working.detail")}</p>
    </div>
  );
}
