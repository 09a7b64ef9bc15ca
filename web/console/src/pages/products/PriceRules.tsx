import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Drawer, Form, Grid, Input, Popconfirm, Segmented, Select, Switch, Table, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { changePriceRule, createPriceRule, listPriceRules, listProducts, removePriceRule, type PriceRule, type PriceRuleDraft } from "@/api/shop";
import { useFormats } from "@/app/format";
import { Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { fen, yuan } from "./money";

/** Rules of prices: who pays what for which things. */
export function PriceRules({ create }: { create: React.ReactNode }) {
  const { t } = useTranslation();
  const format = useFormats();
  const patch = usePatchUrl();
  const may = useMay();
  const [params] = useSearchParams();
  const rules = useQuery({ queryKey: ["shop", "rules"], queryFn: listPriceRules });
  const all = rules.data?.items;
  const opened = params.get("rule");
  const effect = (rule: PriceRule): string => {
    if (rule.effect.kind === "percent") return t("shop.rule.percentOff", { percent: rule.effect.off_bp / 100 });
    return t(rule.effect.kind === "minus" ? "shop.rule.minusFen" : "shop.rule.fixedFen", { money: format.money(rule.effect.fen) });
  };
  const buyers = ({ buyers: { level, channel, store } }: PriceRule): string =>
    [level && `${t("shop.rule.level")} ${level}`, channel && `${t("shop.rule.channel")} ${channel}`, store && `${t("shop.rule.store")} ${store}`].filter(Boolean).join(" · ") || t("shop.rule.everybody");
  const columns: TableColumnsType<PriceRule> = [
    { title: t("shop.rule.name"), key: "name", render: (_, rule) => <Button type="link" style={{ padding: 0 }} onClick={() => patch({ rule: rule.id })} data-testid="rule-open">{rule.name}</Button> },
    { title: t("shop.product.state"), key: "on", render: (_, rule) => <Tag variant="filled" color={rule.on ? "green" : "default"}>{t(rule.on ? "shop.rule.on" : "shop.rule.off")}</Tag> },
    { title: t("shop.rule.effect"), key: "effect", render: (_, rule) => effect(rule) },
    { title: t("shop.rule.buyers"), key: "buyers", render: (_, rule) => buyers(rule) },
    { title: t("shop.rule.goods"), key: "goods", render: (_, rule) => (rule.goods.kind === "all" ? t("shop.rule.all") : t("shop.rule.some", { count: rule.goods.ids.length })) },
  ];
  const editing = opened === "new" ? null : all?.find((rule) => rule.id === opened);
  return (
    <>
      <Panel flush>
        {rules.error && !all ? <ProblemState error={rules.error} onRetry={() => void rules.refetch()} /> : null}
        {rules.isPending && <LoadingState />}
        {all?.length === 0 && <EmptyState title={t("shop.rule.empty")} detail={t("shop.rule.emptyDetail")} action={create} />}
        {all && all.length > 0 && <Table<PriceRule> rowKey="id" columns={columns} dataSource={all} pagination={false} scroll={{ x: "max-content" }} data-testid="rule-table" />}
      </Panel>
      {editing !== undefined && opened && may("manage_shop") && <RuleForm key={opened} rule={editing} onClose={() => patch({ rule: null })} />}
    </>
  );
}

interface Fields { name: string; on: boolean; kind: "percent" | "minus" | "fixed"; value: string; level?: string; channel?: string; store?: string; products?: string[] }

export const ruleDraftOf = (fields: Fields, before: PriceRule | null): PriceRuleDraft => {
  const amount = fen(fields.value) ?? 0;
  const { level, channel, store } = fields;
  const kept = before?.goods.kind === "variants" ? before.goods : undefined;
  return {
    name: fields.name.trim(),
    on: fields.on,
    // A percentage has two digits behind the point too, so that one reading serves both: 20 is 2000 ten-thousandths.
    effect: fields.kind === "percent" ? { kind: "percent", off_bp: amount } : { kind: fields.kind, fen: amount },
    buyers: { ...(level?.trim() ? { level: level.trim() } : {}), ...(channel?.trim() ? { channel: channel.trim() } : {}), ...(store?.trim() ? { store: store.trim() } : {}) },
    goods: kept ?? (fields.products?.length ? { kind: "products", ids: fields.products } : { kind: "all" }),
    ...(before?.from ? { from: before.from } : {}),
    ...(before?.until ? { until: before.until } : {}),
  };
};

function RuleForm({ rule, onClose }: { rule: PriceRule | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [form] = Form.useForm<Fields>();
  const kind = Form.useWatch("kind", form) ?? rule?.effect.kind ?? "percent";
  const products = useQuery({ queryKey: ["shop", "products", "choose"], queryFn: () => listProducts(undefined, undefined, undefined) });
  const done = async (): Promise<void> => {
    void message.success(t("shop.saved"));
    await cache.invalidateQueries({ queryKey: ["shop", "rules"] });
    onClose();
  };
  const save = useMutation({ mutationFn: (fields: Fields) => (rule ? changePriceRule(rule.id, ruleDraftOf(fields, rule)) : createPriceRule(ruleDraftOf(fields, null))), onSuccess: done });
  const remove = useMutation({ mutationFn: () => removePriceRule(rule?.id ?? ""), onSuccess: done });
  const value = rule ? (rule.effect.kind === "percent" ? yuan(rule.effect.off_bp) : yuan(rule.effect.fen)) : "";
  const initial: Fields = {
    name: rule?.name ?? "", on: rule?.on ?? true, kind: rule?.effect.kind ?? "percent", value, products: rule?.goods.kind === "products" ? rule.goods.ids : [],
    level: rule?.buyers.level ?? "", channel: rule?.buyers.channel ?? "", store: rule?.buyers.store ?? "",
  };
  const problem = save.error ?? remove.error;
  return (
    <Drawer open onClose={onClose} size={wide ? 520 : "100%"} title={rule?.name ?? t("shop.rule.create")} data-testid="rule-form"
      footer={<div style={{ display: "flex", justifyContent: "space-between" }}>
        {rule ? <Popconfirm title={t("shop.rule.removeSure")} onConfirm={() => remove.mutate()}><Button danger loading={remove.isPending}>{t("shop.rule.remove")}</Button></Popconfirm> : <span />}
        <Button type="primary" loading={save.isPending} onClick={form.submit} data-testid="rule-save">{t("common.action.save")}</Button>
      </div>}>
      {problem && <Alert type="error" showIcon style={{ marginBottom: 12 }} title={refusal(problem)} />}
      <Form<Fields> form={form} layout="vertical" requiredMark="optional" initialValues={initial} onFinish={(fields) => save.mutate(fields)}>
        <Form.Item name="name" label={t("shop.rule.name")} rules={[{ required: true, whitespace: true, message: t("shop.product.needName") }]}><Input maxLength={100} data-testid="rule-name" /></Form.Item>
        <Form.Item name="on" label={t("shop.rule.on")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="kind" label={t("shop.rule.effect")}><Segmented options={(["percent", "minus", "fixed"] as const).map((each) => ({ value: each, label: t(`shop.rule.kind.${each}`) }))} /></Form.Item>
        <Form.Item name="value" rules={[{ validator: (_, text?: string) => (fen(text) !== null ? Promise.resolve() : Promise.reject(new Error(t("shop.product.badPrice")))) }]}>
          <Input inputMode="decimal" {...(kind === "percent" ? { suffix: "%" } : { prefix: "¥" })} aria-label={t("shop.rule.effect")} data-testid="rule-value" />
        </Form.Item>
        <Form.Item name="products" label={t("shop.rule.goods")} extra={t("shop.rule.goodsHint")}>
          <Select mode="multiple" allowClear disabled={rule?.goods.kind === "variants"} placeholder={t("shop.rule.all")} optionFilterProp="label" options={products.data?.items.map((each) => ({ value: each.id, label: each.name })) ?? []} />
        </Form.Item>
        {(["level", "channel", "store"] as const).map((name) => (
          <Form.Item key={name} name={name} label={t(`shop.rule.${name}`)}><Input maxLength={100} placeholder={t("shop.rule.everybody")} /></Form.Item>
        ))}
      </Form>
    </Drawer>
  );
}
