import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Segmented, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Block, Target } from "@/api/content";
import { listForms } from "@/api/forms";
import { TARGETS, targetOf, valueOf, type TargetKind } from "../spread/targets";
import { formKeys } from "../forms/keys";
import { NO_FORM, type Of } from "./blocks";
import styles from "./Content.module.css";

interface Part<B> {
  block: B;
  onChange: (block: B) => void;
  disabled: boolean;
}

/** What a block says, to be written. */
export function BlockFields({ block, onChange, disabled }: Part<Block>) {
  const { t } = useTranslation();
  const text = (value: string, set: (value: string) => void, more: { placeholder?: string; rows?: number; max?: number } = {}): ReactNode =>
    more.rows
      ? <Input.TextArea disabled={disabled} value={value} autoSize={{ minRows: more.rows, maxRows: 14 }} maxLength={10_000} onChange={({ target }) => set(target.value)} />
      : <Input disabled={disabled} value={value} maxLength={more.max ?? 200} {...(more.placeholder ? { placeholder: more.placeholder } : {})} onChange={({ target }) => set(target.value)} data-testid={`field-${block.type}`} />;
  switch (block.type) {
    case "title":
      return <div className={styles.row}>{text(block.text, (value) => onChange({ ...block, text: value }))}
        <Segmented disabled={disabled} value={block.level ?? 1} options={[{ value: 1, label: t("blocks.field.large") }, { value: 2, label: t("blocks.field.small") }]} onChange={(level) => onChange({ ...block, level: Number(level) })} /></div>;
    case "text":
      return text(block.text, (value) => onChange({ ...block, text: value }), { rows: 3 });
    case "image":
      return <div className={styles.fields}>
        <label>{t("blocks.field.src")}{text(block.src, (src) => onChange({ ...block, src: src.trim() }), { placeholder: "https://", max: 2000 })}</label>
        <label>{t("blocks.field.alt")}{text(block.alt ?? "", (alt) => onChange({ ...block, alt }))}</label>
        <TargetInput optional target={block.to ?? null} disabled={disabled} onChange={(to) => onChange({ ...block, to })} />
      </div>;
    case "list":
      return <ListFields block={block} onChange={onChange} disabled={disabled} />;
    case "product":
      return <label>{t("blocks.field.product")}{text(block.product, (product) => onChange({ ...block, product: product.trim() }), { max: 64 })}</label>;
    case "play":
      return <label>{t("blocks.field.play")}{text(block.play, (play) => onChange({ ...block, play: play.trim() }), { max: 64 })}</label>;
    case "form":
      return <FormFields block={block} onChange={onChange} disabled={disabled} />;
    case "button":
      return <div className={styles.fields}>
        <div className={styles.row}>{text(block.text, (value) => onChange({ ...block, text: value }))}
          <Segmented disabled={disabled} value={block.look ?? "primary"} options={(["primary", "plain"] as const).map((value) => ({ value, label: t(`blocks.field.${value}`) }))} onChange={(look) => onChange({ ...block, look })} /></div>
        <TargetInput target={block.to} disabled={disabled} onChange={(to) => to && onChange({ ...block, to })} />
      </div>;
    case "spacer":
      return <Segmented disabled={disabled} value={block.size} options={(["small", "medium", "large"] as const).map((value) => ({ value, label: t(`blocks.size.${value}`) }))} onChange={(size) => onChange({ ...block, size })} />;
  }
}

/** Where a tap leads. */
function TargetInput({ target, onChange, disabled, optional = false }: { target: Target | null; onChange: (target: Target | null) => void; disabled: boolean; optional?: boolean }) {
  const { t } = useTranslation();
  const options = [...(optional ? [{ value: "none", label: t("blocks.field.nowhere") }] : []), ...TARGETS.map((value) => ({ value: value as string, label: t(`spread.target.${value}`) }))];
  const choose = (kind: string): void => onChange(kind === "none" ? null : targetOf(kind as TargetKind, ""));
  return (
    <label>{t("blocks.field.to")}
      <span className={styles.row}>
        <Select disabled={disabled} value={target?.kind ?? "none"} options={options} onChange={choose} style={{ width: 120 }} />
        {target && <Input disabled={disabled} value={valueOf(target)} maxLength={2000} placeholder={target.kind === "url" ? "https://" : t("blocks.field.id")} onChange={(event) => onChange(targetOf(target.kind, event.target.value.trim()))} />}
      </span>
    </label>
  );
}

function ListFields({ block, onChange, disabled }: Part<Of<"list">>) {
  const { t } = useTranslation();
  type Item = (typeof block.items)[number];
  const put = (at: number, item: Item): void => onChange({ ...block, items: block.items.map((each, place) => (place === at ? item : each)) });
  return (
    <div className={styles.fields}>
      {block.items.map((item, at) => (
        <div key={at} className={styles.item}>
          <div className={styles.row}>
            <Input disabled={disabled} value={item.text} maxLength={200} onChange={({ target }) => put(at, { ...item, text: target.value })} aria-label={t("blocks.field.entry")} />
            <Button disabled={disabled || block.items.length === 1} type="text" danger icon={<DeleteOutlined />} onClick={() => onChange({ ...block, items: block.items.filter((_, place) => place !== at) })} aria-label={t("blocks.editor.remove")} />
          </div>
          <div className={styles.row}>
            <Input disabled={disabled} value={item.note ?? ""} maxLength={200} placeholder={t("blocks.field.note")} onChange={({ target }) => put(at, { ...item, note: target.value || null })} />
            <Input disabled={disabled} value={item.image ?? ""} maxLength={2000} placeholder={t("blocks.field.src")} onChange={({ target }) => put(at, { ...item, image: target.value.trim() || null })} />
          </div>
          <TargetInput optional target={item.to ?? null} disabled={disabled} onChange={(to) => put(at, { ...item, to })} />
        </div>
      ))}
      <Button size="small" disabled={disabled || block.items.length >= 50} icon={<PlusOutlined />} onClick={() => onChange({ ...block, items: [...block.items, { text: t("blocks.fresh.item"), note: null, image: null, to: null }] })}>{t("blocks.field.addEntry")}</Button>
    </div>
  );
}

/** Which of the brand's forms stands there. */
function FormFields({ block, onChange, disabled }: Part<Of<"form">>) {
  const { t } = useTranslation();
  const forms = useQuery({ queryKey: formKeys.all, queryFn: listForms });
  const options = forms.data?.items.map(({ form, asked, state }) => ({ value: form, label: `${asked.title} · ${t(`forms.state.${state}`)}` })) ?? [];
  return <Select showSearch optionFilterProp="label" disabled={disabled} loading={forms.isPending} value={block.form === NO_FORM ? null : block.form} options={options} onChange={(form: string) => onChange({ ...block, form })} placeholder={t("blocks.field.whichForm")} aria-label={t("blocks.field.whichForm")} notFoundContent={<Link to="/forms/new">{t("forms.create")}</Link>} data-testid="field-form" />;
}
