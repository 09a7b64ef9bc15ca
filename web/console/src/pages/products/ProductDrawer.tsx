import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Drawer, Form, Grid, Input, Segmented, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { changeProduct, createProduct, readProduct, type Product, type ProductDraft } from "@/api/shop";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useRefusal } from "@/app/parts/refusal";
import { useMay } from "@/app/permissions";
import { fen, yuan } from "./money";
import { StockPanel } from "./StockPanel";

interface VariantFields { id?: string; name?: string; sku?: string; price: string; floor?: string; on_sale?: boolean }
interface Fields { name: string; description?: string; image?: string; delivery: Product["delivery"]; on_sale: boolean; variants: VariantFields[] }

/** A product is made or changed, and its pieces are counted. */
export function ProductDrawer({ product, onClose }: { product: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const wide = Grid.useBreakpoint().lg ?? true;
  const read = useQuery({ queryKey: ["shop", "product", product], queryFn: () => readProduct(product ?? ""), enabled: product !== null });
  const ready = product === null || read.data;
  return (
    <Drawer open onClose={onClose} size={wide ? 720 : "100%"} title={read.data?.name ?? t("shop.product.create")} data-testid="product-drawer">
      {read.error && !read.data ? <ProblemState error={read.error} onRetry={() => void read.refetch()} /> : null}
      {!ready && !read.error && <LoadingState />}
      {ready && <ProductForm key={read.data?.changed_at ?? "new"} product={read.data ?? null} mayChange={may("manage_shop")} onSaved={onClose} />}
      {read.data && <StockPanel product={read.data} />}
    </Drawer>
  );
}

const fieldsOf = (product: Product | null): Fields => ({
  name: product?.name ?? "",
  description: product?.description ?? "",
  image: product?.image ?? "",
  delivery: product?.delivery ?? "ship",
  on_sale: product?.on_sale ?? true,
  variants: product?.variants.map((variant) => ({
    id: variant.id, name: variant.name, sku: variant.sku ?? "", price: yuan(variant.price), floor: variant.floor == null ? "" : yuan(variant.floor), on_sale: variant.on_sale,
  })) ?? [{ price: "", on_sale: true }],
});

export const draftOf = (fields: Fields): ProductDraft => ({
  name: fields.name.trim(),
  description: fields.description ?? "",
  ...(fields.image?.trim() ? { image: fields.image.trim() } : {}),
  delivery: fields.delivery,
  on_sale: fields.on_sale,
  variants: fields.variants.map((variant) => ({
    ...(variant.id ? { id: variant.id } : {}),
    name: variant.name?.trim() ?? "",
    ...(variant.sku?.trim() ? { sku: variant.sku.trim() } : {}),
    price: fen(variant.price) ?? 0,
    ...(variant.floor?.trim() ? { floor: fen(variant.floor) ?? 0 } : {}),
    on_sale: variant.on_sale ?? true,
  })),
});

function ProductForm({ product, mayChange, onSaved }: { product: Product | null; mayChange: boolean; onSaved: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const save = useMutation({
    mutationFn: async (fields: Fields) => {
      if (product) await changeProduct(product.id, { ...draftOf(fields), changed_at: product.changed_at });
      else await createProduct(draftOf(fields));
    },
    onSuccess: async () => {
      void message.success(t("shop.saved"));
      await cache.invalidateQueries({ queryKey: ["shop"] });
      onSaved();
    },
  });
  const amount = (needed: boolean) => ({
    validator: (_: unknown, text?: string) => ((!needed && !text?.trim()) || fen(text) !== null ? Promise.resolve() : Promise.reject(new Error(t("shop.product.badPrice")))),
  });
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark="optional" disabled={!mayChange} initialValues={fieldsOf(product)} onFinish={(fields) => save.mutate(fields)}>
      {save.error && <Alert type="error" showIcon style={{ marginBottom: 12 }} title={refusal(save.error)} data-testid="product-refused" />}
      <Form.Item name="name" label={t("shop.product.name")} rules={[{ required: true, whitespace: true, message: t("shop.product.needName") }]}><Input maxLength={100} data-testid="product-name" /></Form.Item>
      <Form.Item name="description" label={t("shop.product.description")}><Input.TextArea rows={3} maxLength={5000} /></Form.Item>
      <Form.Item name="image" label={t("shop.product.image")} rules={[{ pattern: /^(https:\/\/|\/f\/)/, message: t("shop.product.badImage") }]}><Input placeholder="https://…" /></Form.Item>
      <div style={{ display: "flex", gap: 32, flexWrap: "wrap" }}>
        <Form.Item name="delivery" label={t("shop.product.delivery")}><Segmented options={(["ship", "pick_up", "virtual"] as const).map((value) => ({ value, label: t(`shop.delivery.${value}`) }))} /></Form.Item>
        <Form.Item name="on_sale" label={t("shop.product.on")} valuePropName="checked"><Switch /></Form.Item>
      </div>
      <Form.List name="variants">
        {(rows, { add, remove }) => (
          <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
            <legend style={{ fontWeight: 600, marginBottom: 8 }}>{t("shop.product.variants")}</legend>
            {rows.map((row) => (
              <div key={row.key} style={{ display: "grid", gridTemplateColumns: "1.4fr 1fr 0.8fr 0.8fr auto auto", gap: 8, alignItems: "start" }} data-testid="variant-row">
                <Form.Item name={[row.name, "id"]} hidden><Input /></Form.Item>
                <Form.Item name={[row.name, "name"]}><Input placeholder={t("shop.product.variant")} aria-label={t("shop.product.variant")} maxLength={100} /></Form.Item>
                <Form.Item name={[row.name, "sku"]}><Input placeholder={t("shop.product.sku")} aria-label={t("shop.product.sku")} maxLength={100} /></Form.Item>
                <Form.Item name={[row.name, "price"]} rules={[amount(true)]}><Input prefix="¥" inputMode="decimal" placeholder={t("shop.product.price")} aria-label={t("shop.product.price")} data-testid="variant-price" /></Form.Item>
                <Form.Item name={[row.name, "floor"]} rules={[amount(false)]}><Input prefix="¥" inputMode="decimal" placeholder={t("shop.product.floor")} aria-label={t("shop.product.floor")} /></Form.Item>
                <Form.Item name={[row.name, "on_sale"]} valuePropName="checked"><Switch size="small" style={{ marginTop: 8 }} aria-label={t("shop.product.on")} /></Form.Item>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t("shop.product.removeVariant")} disabled={!mayChange || rows.length === 1} onClick={() => remove(row.name)} />
              </div>
            ))}
            {mayChange && <Button type="dashed" block icon={<PlusOutlined />} onClick={() => add({ price: "", on_sale: true })} data-testid="variant-add">{t("shop.product.addVariant")}</Button>}
          </fieldset>
        )}
      </Form.List>
      {mayChange && <Button type="primary" htmlType="submit" loading={save.isPending} style={{ margin: "16px 0" }} data-testid="product-save">{t("common.action.save")}</Button>}
    </Form>
  );
}
