import { useQuery } from "@tanstack/react-query";
import { Form, Input, Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import { contentKeys, listPages } from "@/api/content";
import { TARGETS, type TargetKind } from "./targets";

/** Where a link leads: a page is chosen, anything else is named. In the form `to_kind` and `to`. */
export function TargetFields({ kind, disabled = false }: { kind: TargetKind; disabled?: boolean }) {
  const { t } = useTranslation();
  const pages = useQuery({ queryKey: contentKeys.pages(null, null), queryFn: () => listPages(null, null, null, 1000), enabled: kind === "page" });
  const need = [{ required: true, whitespace: true, message: t("spread.form.needTarget") }];
  return (
    <>
      <Form.Item name="to_kind" label={t("spread.form.target")}>
        <Segmented<TargetKind> disabled={disabled} options={TARGETS.map((value) => ({ value, label: t(`spread.target.${value}`) }))} data-testid="link-form-kind" />
      </Form.Item>
      <Form.Item name="to" rules={need} extra={t(`spread.targetHint.${kind}`)}>
        {kind === "page"
          ? <Select disabled={disabled} showSearch={{ optionFilterProp: "label" }} loading={pages.isPending} options={(pages.data?.items ?? []).map(({ page, title, published }) => ({ value: page, label: `${title} · ${page}${published ? "" : ` (${t("spread.form.unpublished")})`}` }))} notFoundContent={t("spread.form.noPages")} data-testid="link-form-page" />
          : <Input disabled={disabled} maxLength={2000} placeholder={kind === "url" ? "https://shop.example/spring" : "spring"} data-testid="link-form-to" />}
      </Form.Item>
    </>
  );
}
