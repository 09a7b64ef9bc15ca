import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Input, InputNumber, Select, Statistic, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listStock, moveStock, type Product, type StockEntry } from "@/api/shop";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { useMay } from "@/app/permissions";

const KNOWN = ["stock.in", "stock.out", "order.sold", "order.restocked"] as const;

/** Pieces of a variant: how many there are, what came and went, and more of them. */
export function StockPanel({ product }: { product: Product }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const format = useFormats();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const may = useMay();
  const [chosen, setChosen] = useState(product.variants[0]?.id ?? "");
  const [change, setChange] = useState<number | null>(null);
  const [reason, setReason] = useState("");
  // The same command until an answer is heard: pressed twice, it is booked once.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const variant = product.variants.find((each) => each.id === chosen);
  const entries = useQuery({ queryKey: ["shop", "stock", product.id, chosen], queryFn: () => listStock(product.id, chosen), enabled: chosen !== "" });
  const move = useMutation({
    mutationFn: () => moveStock(product.id, { variant: chosen, change: change ?? 0, ...(reason.trim() ? { reason: reason.trim() } : {}) }, key),
    onSuccess: async () => {
      setChange(null);
      setReason("");
      setKey(crypto.randomUUID());
      await cache.invalidateQueries({ queryKey: ["shop"] });
      void message.success(t("shop.saved"));
    },
  });
  const why = (entry: StockEntry): string => {
    const known = KNOWN.find((each) => each === entry.code);
    return known ? t(`shop.stock.code.${known.replace(".", "_") as "stock_in" | "stock_out" | "order_sold" | "order_restocked"}`) : entry.code;
  };
  return (
    <Panel title={t("shop.stock.title")}>
      <div style={{ display: "flex", gap: 24, alignItems: "end", flexWrap: "wrap", marginBottom: 12 }}>
        {product.variants.length > 1 && (
          <Select value={chosen} onChange={(next) => { setChosen(next); setKey(crypto.randomUUID()); }} style={{ minWidth: 160 }} aria-label={t("shop.product.variant")}
            options={product.variants.map((each) => ({ value: each.id, label: each.name || product.name }))} />
        )}
        <Statistic title={t("shop.product.free")} value={variant?.free ?? 0} />
        <Statistic title={t("shop.product.held")} value={variant?.held ?? 0} />
        {variant?.reference_price != null && <Statistic title={t("shop.product.reference")} value={format.money(variant.reference_price)} />}
      </div>
      {may("manage_shop") && (
        <div style={{ display: "flex", gap: 8, flexWrap: "wrap", marginBottom: 12 }}>
          <InputNumber<number> value={change} onChange={(next) => { setChange(next); setKey(crypto.randomUUID()); }} precision={0} min={-1_000_000} max={1_000_000} placeholder="+100 / -5" aria-label={t("shop.stock.change")} data-testid="stock-change" />
          <Input value={reason} onChange={({ target }) => setReason(target.value)} maxLength={200} placeholder={t("shop.stock.reason")} aria-label={t("shop.stock.reason")} style={{ flex: 1, minWidth: 160 }} />
          <Button type="primary" disabled={!change} loading={move.isPending} onClick={() => move.mutate()} data-testid="stock-move">{t(change !== null && change < 0 ? "shop.stock.out" : "shop.stock.in")}</Button>
        </div>
      )}
      {move.error && <Alert type="error" showIcon style={{ marginBottom: 12 }} title={refusal(move.error)} />}
      <Table<StockEntry> size="small" rowKey={(entry) => `${entry.at}-${entry.reference}-${entry.op}-${entry.code}`} loading={entries.isPending} pagination={false} dataSource={entries.data?.items ?? []} locale={{ emptyText: t("shop.stock.empty") }}
        columns={[
          { title: t("shop.stock.at"), key: "at", render: (_, entry) => format.moment(entry.at) },
          { title: t("shop.stock.why"), key: "why", render: (_, entry) => `${why(entry)} · ${t(`shop.stock.op.${entry.op as "now" | "hold" | "take" | "drop"}`)}` },
          { title: t("shop.stock.change"), dataIndex: "change", align: "right", render: (pieces: number) => (pieces > 0 ? `+${format.count(pieces)}` : format.count(pieces)) },
          { title: t("shop.stock.of"), dataIndex: "reference", ellipsis: true },
        ]} />
    </Panel>
  );
}
