import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Form, Input, InputNumber, Modal, Radio, Select, Switch, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { declareNamespace, type NamespaceLevel, type NamespaceRow, type NamespaceSaid } from "@/api/identity";
import { showFieldErrors, useRefusal } from "@/app/parts/refusal";
import { keys } from "@/app/queries";
import styles from "./Identity.module.css";

const LEVELS: NamespaceLevel[] = ["login", "account", "device"];
/** Facts are booked under these: they are always on, and their level stays. */
const OF_FACTS = ["user", "anonymous", "spread"];

type Fields = NamespaceSaid & { key: string };

const EMPTY: Fields = { key: "", name: "", level: "account", cap: 5, window_days: 0, priority: 300, parent: null, blocked: [], per_app: false, from_traits: false, is_on: true };

/** Declares a namespace, or changes what is declared of one; each field says what it means. */
export function NamespaceForm({ row, all, onClose }: { row: NamespaceRow | null; all: NamespaceRow[]; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const level = Form.useWatch("level", form) ?? row?.level ?? EMPTY.level;
  const save = useMutation({
    mutationFn: ({ key, ...said }: Fields) => declareNamespace((row?.key ?? key).trim(), { ...said, parent: said.parent ?? null }),
    onSuccess: () => {
      void message.success(t("identity.namespace.saved"));
      void queries.invalidateQueries({ queryKey: keys.namespaces });
      onClose();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const fixed = row !== null && OF_FACTS.includes(row.key);
  const word = (name: "key" | "name" | "level" | "cap" | "window" | "priority" | "parent" | "blocked" | "perApp" | "fromTraits" | "on"): string => t(`identity.namespace.field.${name}`);
  return (
    <Modal open width={620} title={row ? t("identity.namespace.editTitle", { name: row.name }) : t("identity.namespace.addTitle")} onCancel={onClose} okText={t("identity.namespace.save")} cancelText={t("common.action.cancel")}
      onOk={() => form.submit()} okButtonProps={{ "data-testid": "namespace-save" } as ButtonProps} confirmLoading={save.isPending} destroyOnHidden>
      <Form<Fields> form={form} layout="vertical" initialValues={row ?? EMPTY} onFinish={(fields) => save.mutate({ ...EMPTY, ...fields })} className={styles.form}>
        {!row && <Form.Item name="key" label={word("key")} extra={t("identity.namespace.field.keyNote")} rules={[{ required: true }]}><Input autoFocus maxLength={64} data-testid="namespace-key" /></Form.Item>}
        <Form.Item name="name" label={word("name")} rules={[{ required: true }]}><Input maxLength={40} data-testid="namespace-name" /></Form.Item>
        <Form.Item name="level" label={word("level")}>
          <Radio.Group vertical disabled={fixed} options={LEVELS.map((value) => ({ value, label: <span className={styles.way}>{t(`identity.namespace.level.${value}`)}<small>{t(`identity.namespace.levelNote.${value}`)}</small></span> }))} />
        </Form.Item>
        <div className={styles.pair}>
          <Form.Item name="cap" label={word("cap")}><InputNumber min={0} max={1000} disabled={level === "login"} style={{ width: "100%" }} data-testid="namespace-cap" /></Form.Item>
          <Form.Item name="window_days" label={word("window")}><InputNumber min={0} max={3650} disabled={level === "login"} style={{ width: "100%" }} /></Form.Item>
        </div>
        <div className={styles.pair}>
          <Form.Item name="priority" label={word("priority")} extra={t("identity.namespace.field.priorityNote")}><InputNumber min={0} max={10000} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="parent" label={word("parent")} extra={t("identity.namespace.field.parentNote")}>
            <Select allowClear placeholder={t("identity.namespace.field.none")} options={all.filter(({ key }) => key !== row?.key).map(({ key, name }) => ({ value: key, label: name }))} />
          </Form.Item>
        </div>
        <Form.Item name="blocked" label={word("blocked")} extra={t("identity.namespace.field.blockedNote")}><Select mode="tags" open={false} suffixIcon={null} placeholder={t("identity.namespace.field.blockedHint")} tokenSeparators={[" ", ",", "，", "\n"]} /></Form.Item>
        <div className={styles.pair}>
          <Form.Item name="per_app" label={word("perApp")} valuePropName="checked" extra={t("identity.namespace.field.perAppNote")}><Switch disabled={row !== null} /></Form.Item>
          <Form.Item name="from_traits" label={word("fromTraits")} valuePropName="checked" extra={t("identity.namespace.field.fromTraitsNote")}><Switch /></Form.Item>
        </div>
        <Form.Item name="is_on" label={word("on")} valuePropName="checked" extra={t("identity.namespace.field.onNote")}><Switch disabled={fixed} data-testid="namespace-on" /></Form.Item>
        {save.error && <Alert type="error" showIcon role="alert" title={refusal(save.error)} />}
      </Form>
    </Modal>
  );
}
