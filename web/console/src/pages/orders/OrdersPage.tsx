import { DownloadOutlined, SearchOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input, Select, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { listOrders, ordersCsv, type Order, type OrderFilters } from "@/api/shop";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { OrderDrawer } from "./OrderDrawer";

const STATES = ["unpaid", "paid", "closed"] as const;
const HANDINGS = ["waiting", "given", "received"] as const;
const REFUNDS = ["asked", "refused", "done", "none"] as const;
export const STATE_COLOUR = { unpaid: "gold", paid: "green", closed: "default" } as const;
export const REFUND_COLOUR = { none: "default", asked: "blue", refused: "red", done: "default" } as const;

const one = <Word extends string>(words: readonly Word[], text: string | null): Word | undefined => words.find((word) => word === text);

export const filtersOf = (params: URLSearchParams): OrderFilters => ({
  search: params.get("q") ?? undefined,
  state: one(STATES, params.get("state")),
  handing: one(HANDINGS, params.get("handing")),
  refund: one(REFUNDS, params.get("refund")),
});

/** Orders, the newest first: what was bought, where it stands, what went back. */
export function OrdersPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const filters = filtersOf(params);
  const found = useInfiniteQuery({
    queryKey: ["shop", "orders", filters],
    queryFn: ({ pageParam }) => listOrders(filters, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 15_000,
  });
  const orders = found.data?.pages.flatMap((page) => page.items);
  const opened = params.get("order");
  const columns: TableColumnsType<Order> = [
    { title: t("shop.order.number"), key: "id", render: (_, order) => <Button type="link" style={{ padding: 0, fontFamily: "monospace" }} onClick={() => patch({ order: order.id })} data-testid="order-open">{order.id}</Button> },
    { title: t("shop.order.goods"), key: "goods", ellipsis: true, width: 320, render: (_, order) => order.quote.lines.map((line) => `${line.name} × ${line.quantity}`).join("，") },
    {
      title: t("shop.order.state"), key: "state",
      render: (_, order) => (
        <>
          <Tag variant="filled" color={STATE_COLOUR[order.state]}>{t(`shop.order.states.${order.state}`)}</Tag>
          {order.state === "paid" && <Tag variant="filled">{t(`shop.order.handings.${order.handing}`)}</Tag>}
          {order.refund_state !== "none" && <Tag variant="filled" color={REFUND_COLOUR[order.refund_state as keyof typeof REFUND_COLOUR]}>{t(`shop.order.refunds.${order.refund_state as "asked" | "refused" | "done"}`)}</Tag>}
        </>
      ),
    },
    { title: t("shop.order.payable"), key: "payable", align: "right", render: (_, order) => format.money(order.quote.payable) },
    { title: t("shop.order.refunded"), key: "refunded", align: "right", render: (_, order) => (order.refunded > 0 ? format.money(order.refunded) : "—") },
    { title: t("shop.order.receiver"), key: "to", render: (_, order) => (order.address ? `${order.address.name} ${order.address.phone}` : "—") },
    { title: t("shop.order.created"), key: "created", align: "right", render: (_, order) => format.moment(order.created_at) },
  ];
  const pick = <Word extends string>(key: "state" | "handing" | "refund", words: readonly Word[], label: (word: Word) => string) => (
    <Select<Word> allowClear size="small" style={{ minWidth: 120 }} value={one(words, params.get(key)) ?? null} placeholder={t(`shop.order.filter.${key}`)} aria-label={t(`shop.order.filter.${key}`)}
      onChange={(next) => patch({ [key]: next ?? null })} options={words.map((value) => ({ value, label: label(value) }))} data-testid={`order-by-${key}`} />
  );
  const asked = Object.values(filters).some(Boolean);
  return (
    <PageLayout title={t("shop.order.title")} lead={t("shop.order.lead")} actions={<Button icon={<DownloadOutlined />} href={ordersCsv(filters)} download data-testid="orders-csv">{t("shop.csv")}</Button>}>
      <Panel flush
        title={<Input allowClear style={{ width: 280 }} prefix={<SearchOutlined />} defaultValue={filters.search} onChange={({ target }) => patch({ q: target.value || null })} placeholder={t("shop.order.search")} aria-label={t("shop.order.search")} data-testid="order-search" />}
        extra={<div style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
          {pick("state", STATES, (word) => t(`shop.order.states.${word}`))}
          {pick("handing", HANDINGS, (word) => t(`shop.order.handings.${word}`))}
          {pick("refund", REFUNDS, (word) => t(`shop.order.refunds.${word}`))}
        </div>}>
        {found.error && !orders ? <ProblemState error={found.error} onRetry={() => void found.refetch()} /> : null}
        {found.isPending && <LoadingState />}
        {orders?.length === 0 && (asked ? <EmptyState title={t("common.state.noMatch")} /> : <EmptyState title={t("shop.order.empty")} detail={t("shop.order.emptyDetail")} />)}
        {orders && orders.length > 0 && (
          <Table<Order> rowKey="id" columns={columns} dataSource={orders} pagination={false} scroll={{ x: "max-content" }} data-testid="order-table"
            footer={() => found.hasNextPage && <Button block type="text" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t("shop.more")}</Button>} />
        )}
      </Panel>
      {opened && <OrderDrawer key={opened} id={opened} onClose={() => patch({ order: null })} />}
    </PageLayout>
  );
}
