import { MinusCircleOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, InputNumber, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { listUnits } from "@/api/organisation";
import { keys } from "@/app/queries";
import styles from "./Studies.module.css";
import { isPersonId } from "./useStudy";

/** Lines of a form: each can be taken out, and one more put below. */
function Lines(props: { name: string; label: string; add: string; line: (at: number) => ReactNode }) {
  const { t } = useTranslation();
  return (
    <Form.List name={props.name}>
      {(fields, { add, remove }) => (
        <fieldset className={styles.lines}>
          <legend>{props.label}</legend>
          {fields.map((field) => (
            <div key={field.key} className={styles.line} data-testid={`${props.name}-line`}>
              {props.line(field.name)}
              <Button type="text" icon={<MinusCircleOutlined />} onClick={() => remove(field.name)} aria-label={t("studies.limits.remove")} />
            </div>
          ))}
          <Button size="small" icon={<PlusOutlined />} onClick={() => add()} data-testid={`${props.name}-add`}>{props.add}</Button>
        </fieldset>
      )}
    </Form.List>
  );
}

/** What single people cost who do not cost what the others do. */
export function Costs() {
  const { t } = useTranslation();
  const person = { validator: (_: unknown, text: string | undefined) => (isPersonId(text) ? Promise.resolve() : Promise.reject(new Error(t("studies.idWrong", { text: text ?? "" })))) };
  return (
    <Lines name="costs" label={t("studies.limits.costs")} add={t("studies.limits.addCost")} line={(at) => (
      <>
        <Form.Item name={[at, "person"]} rules={[person]}><Input placeholder="p42" aria-label={t("studies.seeds.person")} /></Form.Item>
        <Form.Item name={[at, "cost"]} rules={[{ required: true, message: t("studies.limits.needed") }]}><InputNumber min={0} precision={2} suffix={t("studies.yuan")} aria-label={t("studies.seeds.price")} /></Form.Item>
      </>
    )} />
  );
}

/** How many of single stores at most. */
export function Caps() {
  const { t } = useTranslation();
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits });
  const needed = { required: true, message: t("studies.limits.needed") };
  return (
    <Lines name="caps" label={t("studies.limits.caps")} add={t("studies.limits.addCap")} line={(at) => (
      <>
        <Form.Item name={[at, "unit"]} rules={[needed]}>
          <Select showSearch={{ optionFilterProp: "label" }} style={{ width: 200 }} loading={units.isPending} aria-label={t("studies.store")}
            options={(units.data ?? []).map((unit) => ({ value: unit.id, label: unit.name }))} />
        </Form.Item>
        <Form.Item name={[at, "most"]} rules={[needed]}><InputNumber min={0} max={1000} precision={0} aria-label={t("studies.limits.most")} placeholder={t("studies.limits.most")} /></Form.Item>
      </>
    )} />
  );
}
