import { Segmented, Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { listUnits } from "@/api/organisation";
import type { RingList } from "@/api/types";
import { useUrlState } from "@/app/parts/useUrlState";
import { keys } from "@/app/queries";
import { isOf, KINDS, SORTS, VERDICTS } from "./filters";
import styles from "./Fraud.module.css";

/** Filters are kept in the address. */
export function RingFilter({ counts }: { counts: RingList["counts"] | undefined }) {
  const { t } = useTranslation();
  const units = useQuery({ queryKey: keys.units, queryFn: listUnits });
  const [verdict, setVerdict] = useUrlState("verdict");
  const [kind, setKind] = useUrlState("kind");
  const [unit, setUnit] = useUrlState("unit");
  const [sort, setSort] = useUrlState("sort");
  const verdicts = VERDICTS.map((word) => ({ value: word, label: `${t(`fraud.verdict.${word}`)} ${counts ? counts[word] : ""}` }));
  return (
    <div className={styles.bar}>
      <Segmented value={verdict === "all" || (verdict && isOf(VERDICTS, verdict)) ? verdict : "open"} data-testid="rings-verdict"
        options={[...verdicts, { value: "all", label: t("fraud.all") }]} onChange={(value) => setVerdict(value === "open" ? null : value)} />
      <Select allowClear style={{ width: 140 }} placeholder={t("fraud.kindAll")} aria-label={t("fraud.kindAll")} value={kind} onChange={(value?: string) => setKind(value ?? null)}
        options={KINDS.map((word) => ({ value: word, label: t(`fraud.kind.${word}`) }))} data-testid="rings-kind" />
      <Select allowClear showSearch={{ optionFilterProp: "label" }} style={{ width: 180 }} placeholder={t("fraud.unitAll")} aria-label={t("fraud.unitAll")} value={unit} onChange={(value?: string) => setUnit(value ?? null)}
        options={(units.data ?? []).map(({ id, name }) => ({ value: id, label: name }))} data-testid="rings-unit" />
      <Select style={{ width: 140 }} aria-label={t("fraud.sort.newest")} value={sort ?? "newest"} onChange={(value: string) => setSort(value === "newest" ? null : value)}
        options={SORTS.map((word) => ({ value: word, label: t(`fraud.sort.${word}`) }))} data-testid="rings-sort" />
    </div>
  );
}
