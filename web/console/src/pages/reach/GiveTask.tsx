import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Form, Input, Modal, Select, type ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { listStaff } from "@/api/organisation";
import { createTask } from "@/api/reach";
import type { ReachPath, ReachStart } from "@/api/types";
import { useMay } from "@/app/permissions";
import { usePreferences } from "@/app/preferences";
import { useRefusal } from "@/app/parts/refusal";
import { usePatchUrl } from "@/app/parts/useUrlState";
import { keys } from "@/app/queries";
import { useCalled } from "./useCalled";

interface Fields {
  assignee: string;
  due: string;
  script: string;
}

const DAY_MS = 86_400_000;

/** A day and minute as a field of the browser takes it, in the viewer's own time. */
export const localMinute = (at: number): string => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/** Gives a route out as a task: who, until when, and what to say, which can be changed. */
export function GiveTask(props: { path: ReachPath; from: string; to: string; avoid: string[]; start: ReachStart | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const called = useCalled();
  const refusal = useRefusal();
  const patch = usePatchUrl();
  const queries = useQueryClient();
  const language = usePreferences((state) => state.language);
  const staff = useQuery({ queryKey: keys.staff, queryFn: listStaff, enabled: useMay()("read_organisation") });
  const [form] = Form.useForm<Fields>();
  const [first, target] = [props.path.hops[1], props.path.hops[props.path.hops.length - 1]];
  const give = useMutation({
    mutationFn: ({ assignee, due, script }: Fields) =>
      createTask({
        from: props.from, to: props.to, avoid: props.avoid, route: props.path.key, due_at: new Date(due).toISOString(),
        ...(assignee ? { assignee } : {}), ...(language === "zh" ? { script_zh: script } : { script_en: script }),
      }),
    onSuccess: (task) => {
      void queries.invalidateQueries({ queryKey: ["tasks"] });
      void message.success(t("reach.give.given", { name: task.assignee.name }));
      props.onClose();
      patch({ view: "tasks" });
    },
  });
  return (
    <Modal open title={t("reach.give.to", { name: target ? called(target) : "" })} okText={t("reach.give.submit")} cancelText={t("common.action.cancel")}
      confirmLoading={give.isPending} onCancel={props.onClose} onOk={() => form.submit()} okButtonProps={{ "data-testid": "give-submit" } as ButtonProps}>
      {give.error && <Alert type="error" showIcon title={refusal(give.error)} style={{ marginBottom: 16 }} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => give.mutate(fields)}
        initialValues={{ assignee: props.start?.staff?.id ?? "", due: localMinute(Date.now() + 3 * DAY_MS), script: props.path.script[language] }}>
        <Form.Item name="assignee" label={t("reach.give.assignee")}>
          <Select showSearch optionFilterProp="label" options={staff.data?.map((each) => ({ value: each.id, label: each.name })) ?? (props.start?.staff ? [{ value: props.start.staff.id, label: props.start.staff.name }] : [])} />
        </Form.Item>
        <Form.Item name="due" label={t("reach.give.due")} rules={[{ required: true }]}>
          <Input type="datetime-local" />
        </Form.Item>
        <Form.Item name="script" label={t("reach.give.script")} extra={t("reach.give.scriptHint", { name: first ? called(first) : "" })}>
          <Input.TextArea autoSize={{ minRows: 4, maxRows: 10 }} data-testid="give-script" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
