import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Descriptions, Drawer, Grid, Input, Popconfirm, Space, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { askRefundAgain, cancelOrder, giveOrder, readOrder, receiveOrder, type Order } from "@/api/shop";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { Ladder } from "./Ladder";
import { REFUND_COLOUR, STATE_COLOUR } from "./OrdersPage";
import { RefundDialog } from "./RefundDialog";

/** One order: how its price was come to, what was paid and went back, and what is to be done next. */
export function OrderDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const wide = Grid.useBreakpoint().lg ?? true;
  const read = useQuery({ queryKey: ["shop", "order", id], queryFn: () => readOrder(id), refetchInterval: 5_000 });
  const order = read.data;
  return (
    <Drawer open onClose={onClose} size={wide ? 760 : "100%"} title={<span style={{ fontFamily: "monospace" }}>{id}</span>} data-testid="order-drawer"
      extra={order && <Tag variant="filled" color={STATE_COLOUR[order.state]}>{t(`shop.order.states.${order.state}`)}</Tag>}>
      {read.error && !order ? <ProblemState error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.isPending && <LoadingState />}
      {order && (
        <>
          <Actions order={order} />
          <Panel title={t("shop.order.price")}><Ladder quote={order.quote} /></Panel>
          <Panel title={t("shop.order.about")}>
            <Descriptions size="small" column={1} items={[
              { key: "who", label: t("shop.order.customer"), children: `${order.customer.namespace} ${order.customer.value}` },
              { key: "how", label: t("shop.product.delivery"), children: `${t(`shop.delivery.${order.delivery}`)} · ${t(`shop.order.handings.${order.handing}`)}${order.given ? ` · ${order.given}` : ""}` },
              ...(order.address ? [{ key: "to", label: t("shop.order.receiver"), children: `${order.address.name} ${order.address.phone} ${order.address.text}` }] : []),
              ...(order.note ? [{ key: "note", label: t("shop.order.note"), children: order.note }] : []),
              ...(order.campaign ? [{ key: "campaign", label: t("shop.order.campaign"), children: order.campaign }] : []),
              { key: "created", label: t("shop.order.created"), children: format.second(order.created_at) },
              ...(order.state === "unpaid" ? [{ key: "until", label: t("shop.order.expires"), children: format.second(order.expires_at) }] : []),
              ...(order.paid_at ? [{ key: "paid", label: t("shop.order.paidAt"), children: format.second(order.paid_at) }] : []),
              ...(order.closed_at ? [{ key: "closed", label: t("shop.order.closedAt"), children: format.second(order.closed_at) }] : []),
            ]} />
          </Panel>
          <Money order={order} />
        </>
      )}
    </Drawer>
  );
}

/** What can be done with it next. */
function Actions({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const may = useMay();
  const [words, setWords] = useState(order.given ?? "");
  const [refunding, setRefunding] = useState(false);
  const act = useMutation({
    mutationFn: (what: () => Promise<Order>) => what(),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["shop"] });
      void message.success(t("shop.saved"));
    },
  });
  if (!may("manage_shop") || order.state === "closed") return null;
  return (
    <Panel>
      {act.error && <Alert type="error" showIcon style={{ marginBottom: 12 }} title={refusal(act.error)} />}
      <Space wrap>
        {order.state === "unpaid" && <Popconfirm title={t("shop.order.cancelSure")} onConfirm={() => act.mutate(() => cancelOrder(order.id))}><Button danger loading={act.isPending}>{t("shop.order.cancel")}</Button></Popconfirm>}
        {order.state === "paid" && order.handing !== "received" && (
          <Space.Compact>
            <Input value={words} onChange={({ target }) => setWords(target.value)} maxLength={300} placeholder={t(`shop.order.words.${order.delivery}`)} aria-label={t(`shop.order.words.${order.delivery}`)} style={{ minWidth: 240 }} data-testid="order-words" />
            <Button type="primary" loading={act.isPending} onClick={() => act.mutate(() => giveOrder(order.id, words.trim()))} data-testid="order-give">{t(`shop.order.give.${order.delivery}`)}</Button>
          </Space.Compact>
        )}
        {order.handing === "given" && <Button loading={act.isPending} onClick={() => act.mutate(() => receiveOrder(order.id))}>{t("shop.order.receive")}</Button>}
        {order.state === "paid" && order.refunded <= order.quote.payable && <Button onClick={() => setRefunding(true)} data-testid="order-refund">{t("shop.order.refund")}</Button>}
      </Space>
      {refunding && <RefundDialog order={order} onClose={() => setRefunding(false)} />}
    </Panel>
  );
}

/** What came, and what went back. */
function Money({ order }: { order: Order }) {
  const { t } = useTranslation();
  const format = useFormats();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const may = useMay();
  const again = useMutation({ mutationFn: (place: number) => askRefundAgain(order.id, place), onSuccess: () => cache.invalidateQueries({ queryKey: ["shop"] }) });
  if (order.payments.length === 0 && order.refunds.length === 0) return null;
  return (
    <Panel title={t("shop.order.money")}>
      {again.error && <Alert type="error" showIcon style={{ marginBottom: 12 }} title={refusal(again.error)} />}
      <ul style={{ listStyle: "none", margin: 0, padding: 0, display: "grid", gap: 8 }}>
        {order.payments.map((payment) => (
          <li key={payment.number} style={{ display: "flex", gap: 12, flexWrap: "wrap" }}>
            <strong style={{ minWidth: 96 }}>{format.money(payment.amount)}</strong>
            <span>{t(`shop.order.payment.${payment.state}`)} · {payment.provider}</span>
            <span style={{ color: "var(--text-faint)" }}>{payment.number} · {format.second(payment.paid_at ?? payment.begun_at)}</span>
          </li>
        ))}
        {order.refunds.map((refund) => (
          <li key={refund.number} style={{ display: "flex", gap: 12, flexWrap: "wrap" }} data-testid="order-refunded">
            <strong style={{ minWidth: 96 }}>−{format.money(refund.amount)}</strong>
            <Tag variant="filled" color={REFUND_COLOUR[refund.state]}>{t(`shop.order.refunds.${refund.state}`)}</Tag>
            <span>{t(`shop.order.cause.${refund.cause}`)}{refund.reason ? ` · ${refund.reason}` : ""}{refund.restock ? ` · ${t("shop.order.restocked")}` : ""}</span>
            <span style={{ color: "var(--text-faint)" }}>{refund.number} · {format.second(refund.settled_at ?? refund.asked_at)}</span>
            {refund.state === "refused" && may("manage_shop") && <Button size="small" loading={again.isPending} onClick={() => again.mutate(refund.place)}>{t("shop.order.again")}</Button>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
