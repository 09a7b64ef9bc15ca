import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, AutoComplete, Button, DatePicker, Drawer, Form, Grid, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { createLink, type NewLink } from "@/api/content";
import { listStaff, listUnits } from "@/api/organisation";
import { asProblem } from "@/api/problem";
import { showFieldErrors, useRefusal } from "@/app/parts/refusal";
import { useMay } from "@/app/permissions";
import { keys, useCampaigns } from "@/app/queries";
import { TargetFields } from "./TargetFields";
import { targetOf, type TargetKind } from "./targets";
import styles from "./Spread.module.css";

interface Fields {
  name: string;
  to_kind: TargetKind;
  to: string;
  campaign?: string;
  unit?: string;
  staff?: string;
  channel?: string;
  expires_at?: { toISOString: () => string } | null;
}

const CHANNELS = ["moments", "wecom", "poster", "sms", "store"];

/** A link or a fixed code is made. */
export function LinkForm({ codes, onClose }: { codes: boolean; onClose: (made?: string) => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const may = useMay();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const wide = Grid.useBreakpoint().md ?? true;
  const [form] = Form.useForm<Fields>();
  const kind = Form.useWatch("to_kind", form) ?? "page";
  const unit = Form.useWatch("unit", form);
  const campaigns = useCampaigns();
  const seesOrganisation = may("read_organisation");
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits, enabled: seesOrganisation });
  const staff = useQuery({ queryKey: keys.staff, queryFn: listStaff, enabled: seesOrganisation });
  const save = useMutation({
    mutationFn: ({ to_kind, to, name, expires_at, ...rest }: Fields) => {
      const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== ""));
      const link: NewLink = { ...said, name: name.trim(), kind: (codes ? "fixed" : "link") as NonNullable<NewLink["kind"]>, target: targetOf(to_kind, to.trim()) };
      return createLink(expires_at ? { ...link, expires_at: expires_at.toISOString() } : link);
    },
    onSuccess: async (made) => {
      void message.success(t("spread.form.made", { name: made.name }));
      await cache.invalidateQueries({ queryKey: ["content"] });
      onClose(made.code);
    },
    onError: (error) => {
      const told = asProblem(error).errors?.find(({ field }) => field?.startsWith("target"));
      if (told) form.setFields([{ name: "to", errors: [told.message] }]);
      showFieldErrors(form, error);
    },
  });
  return (
    <Drawer open onClose={() => onClose()} size={wide ? 520 : "100%"} title={t(codes ? "spread.codes.create" : "spread.links.create")} data-testid="link-form"
      extra={<Button type="primary" loading={save.isPending} onClick={form.submit} data-testid="link-save">{t("common.action.create")}</Button>}>
      {save.error && <Alert type="error" showIcon title={refusal(save.error)} style={{ marginBottom: 14 }} />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ to_kind: "page" }} onFinish={(fields) => save.mutate(fields)}
        onValuesChange={(changed) => { if ("to_kind" in changed) form.setFieldValue("to", undefined); if ("unit" in changed) form.setFieldValue("staff", undefined); }}>
        <Form.Item name="name" label={t("spread.form.name")} rules={[{ required: true, whitespace: true, message: t("spread.form.needName") }]}>
          <Input autoFocus maxLength={100} placeholder={t(codes ? "spread.codes.nameHint" : "spread.links.nameHint")} data-testid="link-form-name" />
        </Form.Item>
        <TargetFields kind={kind} />
        {codes && <p className={styles.note}>{t("spread.codes.forEver")}</p>}
        <Form.Item name="campaign" label={t("spread.form.campaign")} extra={t("spread.form.campaignHint")}>
          <Select allowClear showSearch={{ optionFilterProp: "label" }} options={(campaigns.data ?? []).map(({ id, name }) => ({ value: id, label: name }))} data-testid="link-form-campaign" />
        </Form.Item>
        {seesOrganisation && (
          <div className={styles.formRow}>
            <Form.Item name="unit" label={t("spread.form.unit")}>
              <Select allowClear showSearch={{ optionFilterProp: "label" }} options={(units.data ?? []).map(({ id, name }) => ({ value: id, label: name }))} data-testid="link-form-unit" />
            </Form.Item>
            <Form.Item name="staff" label={t("spread.form.staff")}>
              <Select allowClear showSearch={{ optionFilterProp: "label" }} options={(staff.data ?? []).filter((each) => !unit || each.unit?.id === unit).map(({ id, name }) => ({ value: id, label: name }))} />
            </Form.Item>
          </div>
        )}
        <div className={styles.formRow}>
          <Form.Item name="channel" label={t("spread.form.channel")}>
            <AutoComplete options={CHANNELS.map((value) => ({ value, label: t(`spread.channel.${value as "moments"}`) }))} maxLength={100} placeholder={t("spread.form.channelHint")} />
          </Form.Item>
          <Form.Item name="expires_at" label={t("spread.form.expires")}>
            <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} placeholder={t("spread.form.never")} />
          </Form.Item>
        </div>
      </Form>
    </Drawer>
  );
}
