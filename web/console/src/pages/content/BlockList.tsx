import { ArrowDownOutlined, ArrowUpOutlined, CopyOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import type { Block } from "@/api/content";
import { EmptyState } from "@/app/parts/states";
import { BlockFields } from "./BlockFields";
import { BLOCKS, newBlock } from "./blocks";
import styles from "./Content.module.css";

/** The blocks of a page from top to bottom. */
export function BlockList({ blocks, onChange, disabled }: { blocks: Block[]; onChange: (blocks: Block[]) => void; disabled: boolean }) {
  const { t } = useTranslation();
  const put = (at: number, block: Block): void => onChange(blocks.map((each, place) => (place === at ? block : each)));
  const move = (at: number, to: number): void => {
    const next = [...blocks];
    const [moved] = next.splice(at, 1);
    if (moved) next.splice(to, 0, moved);
    onChange(next);
  };
  const add = (
    <Dropdown disabled={disabled} trigger={["click"]} menu={{ items: BLOCKS.map((type) => ({ key: type, label: t(`blocks.type.${type}`) })), onClick: ({ key }) => onChange([...blocks, newBlock(key as Block["type"], t)]) }}>
      <Button block type="dashed" icon={<PlusOutlined />} data-testid="block-add">{t("blocks.editor.add")}</Button>
    </Dropdown>
  );
  return (
    <div className={styles.column}>
      {blocks.length === 0 && <EmptyState title={t("blocks.editor.noBlocks")} />}
      {blocks.map((block, at) => (
        // A block has no id of its own: its place is what it is.
        <section key={at} className={styles.block} data-testid="block">
          <header>
            <b>{t(`blocks.type.${block.type}`)}</b>
            {!disabled && <span>
              <Button size="small" type="text" icon={<ArrowUpOutlined />} disabled={at === 0} onClick={() => move(at, at - 1)} aria-label={t("blocks.editor.up")} data-testid="block-up" />
              <Button size="small" type="text" icon={<ArrowDownOutlined />} disabled={at === blocks.length - 1} onClick={() => move(at, at + 1)} aria-label={t("blocks.editor.down")} />
              <Button size="small" type="text" icon={<CopyOutlined />} onClick={() => onChange([...blocks.slice(0, at + 1), structuredClone(block), ...blocks.slice(at + 1)])} aria-label={t("common.action.copy")} />
              <Button size="small" type="text" danger icon={<DeleteOutlined />} onClick={() => onChange(blocks.filter((_, place) => place !== at))} aria-label={t("blocks.editor.remove")} data-testid="block-remove" />
            </span>}
          </header>
          <BlockFields block={block} onChange={(next) => put(at, next)} disabled={disabled} />
        </section>
      ))}
      {!disabled && add}
    </div>
  );
}
