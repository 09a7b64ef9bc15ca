import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Modal, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeLink, type SpreadLink } from "@/api/content";
import { listStaff, listUnits } from "@/api/organisation";
import { asProblem } from "@/api/problem";
import { useRefusal } from "@/app/parts/refusal";
import { useMay } from "@/app/permissions";
import { keys } from "@/app/queries";
import { wayFaults, Ways } from "./Ways";

/** Whom a live code leads to is changed, while it hangs where it hangs. */
export function RoutingForm({ link, load, onClose }: { link: SpreadLink; load: Record<string, number>; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const may = useMay();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const [ways, setWays] = useState(link.routing?.ways ?? []);
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits, enabled: may("read_organisation") });
  const staff = useQuery({ queryKey: keys.staff, queryFn: listStaff, enabled: may("read_organisation") });
  const named = (all: { id: string; name: string }[] | undefined) => (all ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const save = useMutation({
    mutationFn: () => changeLink(link.code, { revision: link.revision, routing: { ways } }),
    onSuccess: async () => {
      void message.success(t("spread.way.saved"));
      await cache.invalidateQueries({ queryKey: ["content"] });
      onClose();
    },
  });
  const faults = wayFaults(save.error ? asProblem(save.error).errors : []);
  return (
    <Modal open width={680} title={t("spread.way.title")} onCancel={onClose} onOk={() => save.mutate()} okText={t("spread.hosts.save")} cancelText={t("common.action.cancel")} confirmLoading={save.isPending}
      okButtonProps={{ "data-testid": "routing-save" } as ButtonProps}>
      {save.error && faults.size === 0 && <Alert type="error" showIcon title={refusal(save.error)} style={{ marginBottom: 12 }} />}
      <Ways ways={ways} onChange={setWays} units={named(units.data)} staff={named(staff.data)} load={load} faults={faults} />
    </Modal>
  );
}
