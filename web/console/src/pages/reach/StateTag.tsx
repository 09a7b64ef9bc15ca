import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { ReachTask } from "@/api/types";

const COLOURS: Record<ReachTask["state"], string> = { open: "gold", done: "green", refused: "red", failed: "default", expired: "orange" };

/** Where a task stands, in a word. */
export function StateTag({ state }: { state: ReachTask["state"] }) {
  const { t } = useTranslation();
  return <Tag variant="filled" color={COLOURS[state]} data-testid="task-state">{t(`reach.state.${state}`)}</Tag>;
}
