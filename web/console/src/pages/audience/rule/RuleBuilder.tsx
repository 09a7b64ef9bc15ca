import { BranchesOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Dropdown, Select, Tooltip, type MenuProps } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Condition } from "./Condition";
import { blankCondition, blankGroup, GROUPS_DEEP_MAX, replaced, withAdded, withCopy, without, type ConditionKind, type Fault, type GroupDraft, type NodeDraft } from "./draft";
import styles from "./Rule.module.css";

const MODES = ["all", "any", "none", "notAll"] as const;
type Mode = (typeof MODES)[number];
const modeOf = ({ mode, not }: GroupDraft): Mode => (not ? (mode === "any" ? "none" : "notAll") : mode);

/** The kinds of condition, in the rooms of the menu. */
const KINDS: readonly (readonly ["behaviour" | "profile" | "existing", readonly (ConditionKind | "didNot")[]])[] = [
  ["behaviour", ["did", "didNot", "sequence", "measured"]],
  ["profile", ["standing", "knows", "city"]],
  ["existing", ["tag", "trait", "segment"]],
];

interface Props {
  draft: GroupDraft;
  /** What is not whole, by node. */
  faults: ReadonlyMap<string, Fault>;
  /** What the server does not take, by node, in its own words. */
  refused: ReadonlyMap<string, string>;
  onChange: (draft: GroupDraft) => void;
}

/** A tree of conditions that reads as sentences. */
export function RuleBuilder({ draft, faults, refused, onChange }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const fresh = useRef<string | null>(null);
  useEffect(() => {
    // A condition that was just added is where the hands go on: its first word still to be chosen.
    if (fresh.current === null) return;
    const row = host.current?.querySelector(`[data-key="${fresh.current}"]`);
    fresh.current = null;
    const first = row?.querySelector<HTMLElement>(".ant-select-status-warning input, .ant-input-number-status-warning input") ?? row?.querySelectorAll<HTMLElement>("input")[1];
    first?.focus();
  });
  const add = (into: string, node: NodeDraft): void => {
    fresh.current = node.kind === "condition" ? node.key : (node.nodes[0]?.key ?? null);
    onChange(withAdded(draft, into, node));
  };
  return (
    <div ref={host} className={styles.builder} data-testid="rule-builder">
      <Group group={draft} depth={1} faults={faults} refused={refused} onAdd={add} onChange={(node) => onChange(replaced(draft, node))}
        onRemove={(key) => onChange(without(draft, key))} onCopy={(key) => onChange(withCopy(draft, key))} />
    </div>
  );
}

interface GroupProps {
  group: GroupDraft;
  depth: number;
  faults: ReadonlyMap<string, Fault>;
  refused: ReadonlyMap<string, string>;
  onAdd: (into: string, node: NodeDraft) => void;
  onChange: (node: NodeDraft) => void;
  onRemove: (key: string) => void;
  onCopy: (key: string) => void;
}

function Group({ group, depth, ...rest }: GroupProps) {
  const { t } = useTranslation();
  const { faults, refused, onAdd, onChange, onRemove, onCopy } = rest;
  const faultOf = (key: string): string | null => {
    const fault = faults.get(key);
    return fault ? t(`rules.build.fault.${fault}`) : (refused.get(key) ?? null);
  };
  const mode = modeOf(group);
  const joined = t(group.mode === "all" ? "rules.build.and" : "rules.build.or");
  const fault = faultOf(group.key);
  const flip = (): void => onChange({ ...group, mode: group.mode === "all" ? "any" : "all" });
  return (
    <fieldset className={styles.group} data-depth={depth} data-mode={group.mode} data-testid="rule-group" aria-label={t(`rules.build.mode.${mode}`)}>
      <div className={styles.groupHead}>
        <Select<Mode> variant="borderless" value={mode} popupMatchSelectWidth={false} aria-label={t("rules.build.modeLabel")} data-testid="rule-mode"
          onChange={(next) => onChange({ ...group, mode: next === "all" || next === "notAll" ? "all" : "any", not: next === "none" || next === "notAll" })}
          options={MODES.map((each) => ({ value: each, label: t(`rules.build.mode.${each}`) }))} />
        {depth > 1 && <Tooltip title={t("rules.build.removeGroup")}><Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t("rules.build.removeGroup")} onClick={() => onRemove(group.key)} data-testid="rule-group-remove" /></Tooltip>}
      </div>
      <ol className={styles.nodes}>
        {group.nodes.map((node, at) => (
          <li key={node.key}>
            {at > 0 ? <button type="button" className={styles.joint} onClick={flip} aria-label={`${joined} · ${t("rules.build.modeLabel")}`} data-testid="rule-joint">{joined}</button> : <span className={styles.joint} aria-hidden="true" data-first="" />}
            {node.kind === "group"
              ? <Group group={node} depth={depth + 1} {...rest} />
              : <Condition node={node} fault={faultOf(node.key)} onChange={onChange} onRemove={() => onRemove(node.key)} onCopy={() => onCopy(node.key)} />}
          </li>
        ))}
      </ol>
      {group.nodes.length === 0 && <p className={styles.nothing}>{t(depth === 1 ? "rules.build.empty" : "rules.build.emptyGroup")}</p>}
      {fault && <p role="alert" className={styles.fault} data-testid="rule-fault">{fault}</p>}
      <AddMenu onAdd={(kind, not) => onAdd(group.key, blankCondition(kind, not))}
        onGroup={depth < GROUPS_DEEP_MAX ? () => onAdd(group.key, blankGroup(group.mode === "all" ? "any" : "all", [blankCondition("did")])) : null} />
    </fieldset>
  );
}

function AddMenu({ onAdd, onGroup }: { onAdd: (kind: ConditionKind, not: boolean) => void; onGroup: (() => void) | null }) {
  const { t } = useTranslation();
  const items: MenuProps["items"] = KINDS.map(([room, kinds]) => ({
    type: "group", key: room, label: t(`rules.build.kinds.${room}`),
    children: kinds.map((kind) => ({ key: kind, label: <span data-testid={`rule-add-${kind}`}>{t(`rules.build.kinds.${kind}`)}</span> })),
  }));
  const choose = (key: string): void => (key === "didNot" ? onAdd("did", true) : onAdd(key as ConditionKind, false));
  return (
    <div className={styles.add}>
      <Dropdown trigger={["click"]} autoFocus menu={{ items, onClick: ({ key }) => choose(key) }}>
        <Button type="dashed" size="small" icon={<PlusOutlined />} data-testid="rule-add">{t("rules.build.add")}</Button>
      </Dropdown>
      {onGroup && <Button type="text" size="small" icon={<BranchesOutlined />} onClick={onGroup} data-testid="rule-add-group">{t("rules.build.addGroup")}</Button>}
    </div>
  );
}
