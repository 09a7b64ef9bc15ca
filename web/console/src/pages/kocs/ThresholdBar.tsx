import { App, Button, InputNumber, Segmented } from "antd";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { setThreshold, type Threshold } from "@/api/kocs";
import type { KocBoard } from "@/api/types";
import { useFormats } from "@/app/format";
import { useRefusal } from "@/app/parts/refusal";
import { useMay } from "@/app/permissions";
import styles from "./Kocs.module.css";

interface Props {
  board: KocBoard;
  tried: Threshold | null;
  onTry: (threshold: Threshold | null) => void;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Who counts as a KOC: by score or by share, tried at once, saved by whoever may. */
export function ThresholdBar({ board, tried, onTry }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const may = useMay();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const queries = useQueryClient();
  const now: Threshold = tried ?? { by: board.threshold.by as Threshold["by"], value: board.threshold.value };
  const save = useMutation({
    mutationFn: () => setThreshold(board.campaign ? "inside" : "across", now),
    onSuccess: () => {
      // Boards at hand still have the old threshold; without them what was tried stays in sight until the new one is there.
      queries.removeQueries({ queryKey: ["board"], type: "inactive" });
      onTry(null);
      void message.success(t("kocs.threshold.saved"));
    },
    onError: (error) => void message.error(refusal(error)),
  });
  const change = (by: Threshold["by"]): void => {
    if (by === now.by) return;
    const share = board.ranked > 0 ? Math.max(0.01, (100 * board.threshold.kocs) / board.ranked) : 1;
    onTry({ by, value: by === "score" ? round(board.threshold.score ?? 1) : Math.min(100, round(share)) });
  };
  return (
    <div className={styles.threshold}>
      <Segmented size="small" value={now.by} onChange={change} options={[{ value: "percent", label: t("kocs.threshold.byPercent") }, { value: "score", label: t("kocs.threshold.byScore") }]} />
      <InputNumber size="small" aria-label={t("kocs.threshold.value")} value={now.value} min={now.by === "percent" ? 0.01 : -1000} max={now.by === "percent" ? 100 : 1000} step={now.by === "percent" ? 0.5 : 0.1}
        suffix={now.by === "percent" ? "%" : undefined} style={{ width: 110 }} onChange={(value) => value !== null && value !== now.value && onTry({ by: now.by, value })} data-testid="board-threshold" />
      <strong data-testid="board-kocs">{t("kocs.threshold.counts", { count: board.threshold.kocs })}</strong>
      {board.threshold.score != null && now.by === "percent" && <small>{t("kocs.threshold.score", { value: format.decimal(board.threshold.score, 2) })}</small>}
      {tried && (
        <>
          <small>{t("kocs.threshold.trying")}</small>
          {may("manage_campaigns") && <Button size="small" type="primary" loading={save.isPending} onClick={() => save.mutate()} data-testid="board-threshold-save">{t("kocs.threshold.save")}</Button>}
          <Button size="small" type="text" onClick={() => onTry(null)}>{t("kocs.threshold.reset")}</Button>
        </>
      )}
    </div>
  );
}
