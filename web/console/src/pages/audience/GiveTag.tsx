import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, DatePicker, Form, Input, Modal, Select, Segmented, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { listTags, tagPeople } from "@/api/audience";
import { useRefusal } from "@/app/parts/refusal";
import { audienceKeys } from "./keys";

interface Fields {
  tag: string;
  on: boolean;
  until?: { format: (form: string) => string } | null;
  note?: string;
}

/** The server answers when it is written down; what is counted of it follows a moment later. */
const SOON_MS = 900;

/** Puts a tag on people, or takes it off. */
export function GiveTag({ open, people, onClose }: { open: boolean; people: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const on = Form.useWatch("on", form) ?? true;
  const tags = useQuery({ queryKey: audienceKeys.tags, queryFn: listTags, enabled: open });
  const all = tags.data?.items ?? [];
  const groups = [...new Set(all.map(({ group }) => group))];
  const give = useMutation({
    mutationFn: ({ tag, on: put, until, note }: Fields) =>
      tagPeople(tag, { people: [...people], on: put, ...(put && until ? { until: until.format("YYYY-MM-DD") } : {}), ...(note?.trim() ? { note: note.trim() } : {}) }),
    onSuccess: ({ changed }, { on: put, tag }) => {
      const name = all.find((each) => each.tag === tag)?.name ?? tag;
      void message.success(t(put ? "labels.give.putOn" : "labels.give.takenOff", { name, count: changed }));
      const again = (): void => void cache.invalidateQueries({ queryKey: ["audience"] });
      again();
      window.setTimeout(again, SOON_MS);
      close();
    },
  });
  const close = (): void => {
    give.reset();
    form.resetFields();
    onClose();
  };
  return (
    <Modal open={open} title={t("labels.give.title", { count: people.length })} onCancel={close} onOk={form.submit} okText={t(on ? "labels.give.put" : "labels.give.takeOff")} cancelText={t("common.action.cancel")} confirmLoading={give.isPending}
      okButtonProps={{ "data-testid": "give-submit" } as ButtonProps} destroyOnHidden>
      {give.error && <Alert type="error" showIcon title={refusal(give.error)} style={{ margin: "8px 0" }} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ on: true }} onFinish={(fields) => give.mutate(fields)} style={{ marginTop: 12 }}>
        <Form.Item name="on"><Segmented block options={[{ value: true, label: t("labels.give.put") }, { value: false, label: t("labels.give.takeOff") }]} /></Form.Item>
        <Form.Item name="tag" label={t("labels.tag")} rules={[{ required: true, message: t("labels.give.needTag") }]}>
          <Select autoFocus loading={tags.isPending} placeholder={t("rules.build.choose.tag")} showSearch={{ optionFilterProp: "label" }} data-testid="give-tag" notFoundContent={t("labels.give.noTags")}
            options={groups.map((group) => ({ label: group, options: all.filter((tag) => tag.group === group).map(({ tag, name }) => ({ value: tag, label: name })) }))} />
        </Form.Item>
        {on && <Form.Item name="until" label={t("labels.give.until")} extra={t("labels.give.untilHint")}><DatePicker style={{ width: "100%" }} data-testid="give-until" /></Form.Item>}
        <Form.Item name="note" label={t("labels.give.note")}><Input maxLength={200} placeholder={t("labels.give.noteHint")} data-testid="give-note" /></Form.Item>
      </Form>
    </Modal>
  );
}
