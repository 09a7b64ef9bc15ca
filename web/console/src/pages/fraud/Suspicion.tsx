import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { readCascade } from "@/api/network";
import type { PersonNetwork } from "@/api/types";
import { useMay } from "@/app/permissions";
import { keys } from "@/app/queries";
import { isOf, VERDICTS } from "./filters";

/** Says that a person is left out of rankings, and leads to the ring. */
export function SuspicionTag({ network }: { network: PersonNetwork | undefined }) {
  const { t } = useTranslation();
  const may = useMay();
  const suspicion = network?.suspicion;
  if (suspicion && isOf(VERDICTS, suspicion.verdict)) {
    const tag = <Tag color="red" data-testid="person-suspicion">{t("fraud.kept", { verdict: t(`fraud.verdict.${suspicion.verdict}`) })}</Tag>;
    return may("review_fraud") ? <Link to={`/fraud?verdict=all&ring=${encodeURIComponent(suspicion.ring)}`}>{tag}</Link> : tag;
  }
  if (network?.campaigns.some(({ kept_out }) => kept_out)) return <Tag color="red" data-testid="person-suspicion">{t("fraud.keptBelow")}</Tag>;
  return null;
}

/** How many people a campaign's ranking leaves out; silent when it leaves out nobody. */
export function KeptOut({ campaign }: { campaign: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const cascade = useQuery({ queryKey: keys.cascade(campaign), queryFn: () => readCascade(campaign) });
  const count = cascade.data?.suspicious ?? 0;
  if (count === 0) return null;
  const note = <span data-testid="kept-out">{t("fraud.keptCount", { count })}</span>;
  return <footer>{may("review_fraud") ? <Link to="/fraud?verdict=all">{note}</Link> : note}</footer>;
}
