import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input, Segmented, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Block, Target } from "@/api/content";
import { TARGETS, targetOf, valueOf, type TargetKind } from "../spread/targets";
import type { Of } from "./blocks";
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

const KINDS = ["text", "name", "phone", "city", "choice"] as const;

function FormFields({ block, onChange, disabled }: Part<Of<"form">>) {
  const { t } = useTranslation();
  type Field = (typeof block.fields)[number];
  const put = (at: number, field: Field): void => onChange({ ...block, fields: block.fields.map((each, place) => (place === at ? field : each)) });
  const fresh = (): Field => ({ name: `field-${block.fields.length + 1}`, label: "", kind: "text", required: false, options: [] });
  return (
    <div className={styles.fields}>
      <label>{t("blocks.field.formTitle")}<Input disabled={disabled} value={block.title ?? ""} maxLength={200} onChange={({ target }) => onChange({ ...block, title: target.value || null })} /></label>
      {block.fields.map((field, at) => (
        <div key={at} className={styles.item}>
          <div className={styles.row}>
            <Input disabled={disabled} value={field.label} maxLength={200} placeholder={t("blocks.field.question")} onChange={({ target }) => put(at, { ...field, label: target.value })} />
            <Select disabled={disabled} value={field.kind} style={{ width: 116 }} options={KINDS.map((value) => ({ value, label: t(`blocks.kind.${value}`) }))} onChange={(kind) => put(at, { ...field, kind, options: kind === "choice" ? ["A", "B"] : [] })} />
            <Checkbox disabled={disabled} checked={field.required ?? false} onChange={({ target }) => put(at, { ...field, required: target.checked })}>{t("blocks.field.required")}</Checkbox>
            <Button disabled={disabled || block.fields.length === 1} type="text" danger icon={<DeleteOutlined />} onClick={() => onChange({ ...block, fields: block.fields.filter((_, place) => place !== at) })} aria-label={t("blocks.editor.remove")} />
          </div>
          <div className={styles.row}>
            <Input disabled={disabled} value={field.name} maxLength={64} aria-label={t("blocks.field.name")} placeholder={t("blocks.field.name")} onChange={({ target }) => put(at, { ...field, name: target.value.replace(/[^A-Za-z0-9_.:-]/g, "") })} />
            {field.kind === "choice" && <Select mode="tags" open={false} suffixIcon={null} disabled={disabled} value={field.options ?? []} style={{ minWidth: 200, flex: 1 }} onChange={(options: string[]) => put(at, { ...field, options })} aria-label={t("blocks.field.options")} />}
          </div>
        </div>
      ))}
      <Button size="small" disabled={disabled || block.fields.length >= 20} icon={<PlusOutlined />} onClick={() => onChange({ ...block, fields: [...block.fields, fresh()] })}>{t("blocks.field.addField")}</Button>
      <div className={styles.row}>
        <label>{t("blocks.field.submit")}<Input disabled={disabled} value={block.submit} maxLength={200} onChange={({ target }) => onChange({ ...block, submit: target.value })} /></label>
        <label>{t("blocks.field.thanks")}<Input disabled={disabled} value={block.thanks} maxLength={200} onChange={({ target }) => onChange({ ...block, thanks: target.value })} /></label>
      </div>
    </div>
  );
}
