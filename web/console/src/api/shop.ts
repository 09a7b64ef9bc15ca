import { client, take } from "./client";
import type { components } from "./schema";

type Words = components["schemas"];
export type Product = Words["Product"];
export type ProductVariant = Words["ProductVariant"];
export type ProductDraft = Words["ProductDraft"];
export type StockEntry = Words["StockEntry"];
export type PriceRule = Words["PriceRule"];
export type PriceRuleDraft = Words["PriceRuleDraft"];
export type Order = Words["Order"];
export type OrderState = Words["OrderState"];
export type RefundDraft = Words["RefundDraft"];
export type RefundPreview = Words["RefundPreview"];

const once = () => ({ "Idempotency-Key": crypto.randomUUID() });
const query = (words: Record<string, string | undefined>): string =>
  new URLSearchParams(Object.entries(words).filter((pair): pair is [string, string] => Boolean(pair[1]))).toString();

export const listProducts = (search: string | undefined, onSale: boolean | undefined, after: string | undefined) =>
  take(client.GET("/api/v1/shop/products", { params: { query: { search, on_sale: onSale, after, limit: 50 } } }));
export const productsCsv = (search: string | undefined, onSale: boolean | undefined): string =>
  `/api/v1/shop/products?${query({ search, on_sale: onSale === undefined ? undefined : String(onSale), limit: "1000", format: "csv" })}`;
export const readProduct = (product: string): Promise<Product> => take(client.GET("/api/v1/shop/products/{product}", { params: { path: { product } } }));
export const createProduct = (body: ProductDraft) => take(client.POST("/api/v1/shop/products", { body, headers: once() }));
export const changeProduct = (product: string, body: ProductDraft & { changed_at: string }): Promise<Product> =>
  take(client.PUT("/api/v1/shop/products/{product}", { params: { path: { product } }, body }));
export const listStock = (product: string, variant: string) =>
  take(client.GET("/api/v1/shop/products/{product}/stock", { params: { path: { product }, query: { variant, limit: 20 } } }));
/** `key` stays the same until an answer is heard, so that nothing is booked twice. */
export const moveStock = (product: string, body: { variant: string; change: number; reason?: string }, key: string) =>
  take(client.POST("/api/v1/shop/products/{product}/stock", { params: { path: { product } }, body, headers: { "Idempotency-Key": key } }));

export const listPriceRules = () => take(client.GET("/api/v1/shop/price-rules", {}));
export const PRICE_RULES_CSV = "/api/v1/shop/price-rules?format=csv";
export const createPriceRule = (body: PriceRuleDraft) => take(client.POST("/api/v1/shop/price-rules", { body, headers: once() }));
export const changePriceRule = (rule: string, body: PriceRuleDraft) =>
  take(client.PUT("/api/v1/shop/price-rules/{rule}", { params: { path: { rule } }, body }));
export const removePriceRule = (rule: string) => take(client.DELETE("/api/v1/shop/price-rules/{rule}", { params: { path: { rule } } }));

export type RefundWord = "none" | "asked" | "refused" | "done";
export interface OrderFilters {
  search?: string | undefined;
  state?: OrderState | undefined;
  handing?: "waiting" | "given" | "received" | undefined;
  refund?: RefundWord | undefined;
}
export const listOrders = (filters: OrderFilters, after: string | undefined) =>
  take(client.GET("/api/v1/shop/orders", { params: { query: { ...filters, after, limit: 50 } } }));
export const ordersCsv = (filters: OrderFilters): string => `/api/v1/shop/orders?${query({ ...filters, limit: "1000", format: "csv" })}`;
const at = (order: string) => ({ params: { path: { order } } });
export const readOrder = (order: string): Promise<Order> => take(client.GET("/api/v1/shop/orders/{order}", at(order)));
export const cancelOrder = (order: string): Promise<Order> => take(client.POST("/api/v1/shop/orders/{order}/cancel", at(order)));
export const giveOrder = (order: string, words: string): Promise<Order> =>
  take(client.POST("/api/v1/shop/orders/{order}/give", { ...at(order), body: words ? { words } : {} }));
export const receiveOrder = (order: string): Promise<Order> => take(client.POST("/api/v1/shop/orders/{order}/receive", at(order)));
export const previewRefund = (order: string, body: RefundDraft): Promise<RefundPreview> =>
  take(client.POST("/api/v1/shop/orders/{order}/refunds/preview", { ...at(order), body }));
export const refundOrder = (order: string, body: RefundDraft, key: string): Promise<RefundPreview> =>
  take(client.POST("/api/v1/shop/orders/{order}/refunds", { ...at(order), body, headers: { "Idempotency-Key": key } }));
export const askRefundAgain = (order: string, place: number): Promise<Order> =>
  take(client.POST("/api/v1/shop/orders/{order}/refunds/{place}/again", { params: { path: { order, place } } }));
