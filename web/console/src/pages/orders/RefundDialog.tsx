import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Checkbox, Input, InputNumber, Modal, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { previewRefund, refundOrder, type Order } from "@/api/shop";
import { useFormats } from "@/app/format";
import { useRefusal } from "@/app/parts/refusal";

/** Pieces of each line that are not back yet. */
export function leftOf(order: Pick<Order, "quote" | "refunds">): { variant: string; name: string; left: number }[] {
  const back = new Map<string, number>();
  for (const line of order.refunds.flatMap((refund) => refund.lines)) back.set(line.variant, (back.get(line.variant) ?? 0) + line.quantity);
  return order.quote.lines.map((line) => ({ variant: line.variant, name: line.name, left: line.quantity - (back.get(line.variant) ?? 0) })).filter(({ left }) => left > 0);
}

/** Which pieces go back, what that comes to to the fen, and then the money. */
export function RefundDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const format = useFormats();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const left = leftOf(order);
  const [counts, setCounts] = useState<Record<string, number>>(() => Object.fromEntries(left.map((line) => [line.variant, line.left])));
  const [restock, setRestock] = useState(order.handing === "waiting");
  const [reason, setReason] = useState("");
  const [key] = useState(() => crypto.randomUUID());
  const lines = Object.entries(counts).filter(([, quantity]) => quantity > 0).map(([variant, quantity]) => ({ variant, quantity }));
  const preview = useQuery({ queryKey: ["shop", "refund", order.id, lines], queryFn: () => previewRefund(order.id, { lines }), enabled: lines.length > 0 });
  const refund = useMutation({
    mutationFn: () => refundOrder(order.id, { lines, restock, cash: preview.data?.total.cash ?? 0, ...(reason.trim() ? { reason: reason.trim() } : {}) }, key),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["shop"] });
      void message.success(t("shop.refund.done"));
      onClose();
    },
  });
  const problem = preview.error ?? refund.error;
  return (
    <Modal open title={t("shop.refund.title")} onCancel={onClose} onOk={() => refund.mutate()} confirmLoading={refund.isPending} cancelText={t("common.action.cancel")} data-testid="refund-dialog"
      okText={preview.data ? t("shop.refund.give", { money: format.money(preview.data.total.cash) }) : t("shop.order.refund")} okButtonProps={{ danger: true, disabled: lines.length === 0 || !preview.data }}>
      {left.length === 0 && <Alert type="info" showIcon title={t("shop.refund.nothing")} />}
      {problem && <Alert type="error" showIcon style={{ marginBottom: 12 }} title={refusal(problem)} />}
      <div style={{ display: "grid", gap: 10 }}>
        {left.map((line) => (
          <label key={line.variant} style={{ display: "flex", justifyContent: "space-between", alignItems: "center", gap: 16 }}>
            <span>{line.name}<small style={{ color: "var(--text-faint)" }}> {t("shop.refund.left", { count: line.left })}</small></span>
            <InputNumber<number> min={0} max={line.left} precision={0} value={counts[line.variant] ?? 0} onChange={(next) => setCounts({ ...counts, [line.variant]: next ?? 0 })} data-testid="refund-count" />
          </label>
        ))}
        <Checkbox checked={restock} onChange={({ target }) => setRestock(target.checked)}>{t("shop.refund.restock")}</Checkbox>
        <Input value={reason} onChange={({ target }) => setReason(target.value)} maxLength={200} placeholder={t("shop.refund.reason")} aria-label={t("shop.refund.reason")} />
        {preview.isFetching && <Spin size="small" />}
        {preview.data && (
          <div data-testid="refund-preview" style={{ fontVariantNumeric: "tabular-nums" }}>
            {t("shop.refund.preview", { money: format.money(preview.data.total.cash) })}
            {preview.data.total.coupon > 0 && ` · ${t("shop.refund.coupon", { money: format.money(preview.data.total.coupon) })}`}
            {preview.data.whole && ` · ${t("shop.refund.whole")}`}
          </div>
        )}
      </div>
    </Modal>
  );
}
