import { DownloadOutlined, PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input, Segmented, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { listProducts, PRICE_RULES_CSV, productsCsv, type Product } from "@/api/shop";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { PriceRules } from "./PriceRules";
import { ProductDrawer } from "./ProductDrawer";

const SALE = ["all", "on", "off"] as const;

/** What is for sale, with prices and stock; and the rules of prices. */
export function ProductsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const rules = params.get("view") === "rules";
  const search = params.get("q") ?? undefined;
  const sale = SALE.find((each) => each === params.get("sale")) ?? "all";
  const onSale = sale === "all" ? undefined : sale === "on";
  const create = may("manage_shop") && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => patch(rules ? { rule: "new" } : { product: "new" })} data-testid={rules ? "rule-create" : "product-create"}>
      {t(rules ? "shop.rule.create" : "shop.product.create")}
    </Button>
  );
  return (
    <PageLayout title={t("shop.product.title")} lead={t(rules ? "shop.rule.lead" : "shop.product.lead")} actions={<>
      <Segmented value={rules ? "rules" : "products"} onChange={(next) => patch({ view: next === "rules" ? "rules" : null, product: null, rule: null })}
        options={(["products", "rules"] as const).map((value) => ({ value, label: t(`shop.view.${value}`) }))} data-testid="shop-view" />
      <Button icon={<DownloadOutlined />} href={rules ? PRICE_RULES_CSV : productsCsv(search, onSale)} download data-testid="products-csv">{t("shop.csv")}</Button>
      {create}
    </>}>
      {rules ? <PriceRules create={create} /> : <Products search={search} sale={sale} onSale={onSale} create={create} />}
    </PageLayout>
  );
}

function Products({ search, sale, onSale, create }: { search: string | undefined; sale: (typeof SALE)[number]; onSale: boolean | undefined; create: React.ReactNode }) {
  const { t } = useTranslation();
  const format = useFormats();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const found = useInfiniteQuery({
    queryKey: ["shop", "products", search ?? "", sale],
    queryFn: ({ pageParam }) => listProducts(search, onSale, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const products = found.data?.pages.flatMap((page) => page.items);
  const opened = params.get("product");
  const selling = (product: Product) => product.variants.filter((variant) => variant.on_sale);
  const columns: TableColumnsType<Product> = [
    {
      title: t("shop.product.name"), key: "name",
      render: (_, product) => (
        <>
          <Button type="link" style={{ padding: 0, fontWeight: 600, height: "auto" }} onClick={() => patch({ product: product.id })} data-testid="product-open">{product.name}</Button>
          <div style={{ color: "var(--text-faint)", fontSize: 12 }}>{selling(product).map((variant) => variant.name).filter(Boolean).join(" / ") || product.id}</div>
        </>
      ),
    },
    { title: t("shop.product.state"), key: "state", render: (_, product) => <Tag variant="filled" color={product.on_sale ? "green" : "default"}>{t(product.on_sale ? "shop.product.on" : "shop.product.off")}</Tag> },
    { title: t("shop.product.delivery"), key: "delivery", render: (_, product) => t(`shop.delivery.${product.delivery}`) },
    {
      title: t("shop.product.price"), key: "price", align: "right",
      render: (_, product) => {
        const prices = selling(product).map((variant) => variant.price);
        const [low, high] = [Math.min(...prices), Math.max(...prices)];
        return prices.length === 0 ? "—" : low === high ? format.money(low) : `${format.money(low)} – ${format.money(high)}`;
      },
    },
    { title: t("shop.product.free"), key: "free", align: "right", render: (_, product) => <Stock pieces={product.variants.reduce((sum, variant) => sum + variant.free, 0)} /> },
    { title: t("shop.product.held"), key: "held", align: "right", render: (_, product) => format.count(product.variants.reduce((sum, variant) => sum + variant.held, 0)) },
    { title: t("shop.product.created"), key: "created", align: "right", render: (_, product) => format.day(product.created_at) },
  ];
  const asked = Boolean(search) || sale !== "all";
  return (
    <>
      <Panel flush
        title={<Input allowClear style={{ width: 280 }} prefix={<SearchOutlined />} defaultValue={search} onChange={({ target }) => patch({ q: target.value || null })} placeholder={t("shop.product.search")} aria-label={t("shop.product.search")} data-testid="product-search" />}
        extra={<Segmented size="small" value={sale} onChange={(next) => patch({ sale: next === "all" ? null : next })} options={SALE.map((value) => ({ value, label: t(`shop.product.sale.${value}`) }))} />}>
        {found.error && !products ? <ProblemState error={found.error} onRetry={() => void found.refetch()} /> : null}
        {found.isPending && <LoadingState />}
        {products?.length === 0 && (asked ? <EmptyState title={t("common.state.noMatch")} /> : <EmptyState title={t("shop.product.empty")} detail={t("shop.product.emptyDetail")} action={create} />)}
        {products && products.length > 0 && (
          <Table<Product> rowKey="id" columns={columns} dataSource={products} pagination={false} scroll={{ x: "max-content" }} data-testid="product-table"
            footer={() => found.hasNextPage && <Button block type="text" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t("shop.more")}</Button>} />
        )}
      </Panel>
      {opened && <ProductDrawer key={opened} product={opened === "new" ? null : opened} onClose={() => patch({ product: null })} />}
    </>
  );
}

/** Pieces that can be sold; none of them is worth a colour. */
function Stock({ pieces }: { pieces: number }) {
  const format = useFormats();
  return <span style={pieces === 0 ? { color: "var(--bad)", fontWeight: 600 } : undefined}>{format.count(pieces)}</span>;
}
