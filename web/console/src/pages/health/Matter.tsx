import { useTranslation } from "react-i18next";
import type { SourceAlarm } from "@/api/types";
import { useFormats } from "@/app/format";

const KINDS = ["silent", "starving", "rejecting", "unnamed", "other_kind", "gone", "new"] as const;
export type AlarmWord = (typeof KINDS)[number];
export const isAlarm = (word: string): word is AlarmWord => (KINDS as readonly string[]).includes(word);

/** Names told in one line. */
const NAMES = 3;

/** What is the matter, in a sentence. */
export function Matter({ alarm, whole }: { alarm: SourceAlarm; whole?: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const { kind, now, usual, since, names, more } = alarm;
  if (!isAlarm(kind)) return <>{kind}</>;
  if (kind === "silent") return <>{t("health.alarm.silent", { since: format.moment(since), usual: usual ?? 0 })}</>;
  if (kind === "starving") return <>{t("health.alarm.starving", { now: now ?? 0, usual: usual ?? 0 })}</>;
  if (kind === "rejecting" || kind === "unnamed") return <>{t(`health.alarm.${kind}`, { now: format.share(now ?? 0, 1), usual: format.share(usual ?? 0, 1) })}</>;
  const told = names.slice(0, whole ? names.length : NAMES).join(", ");
  const left = names.length + more > (whole ? names.length : NAMES);
  return <>{t(`health.alarm.${kind}`, { names: left ? t("health.alarm.more", { names: told, count: names.length + more }) : told })}</>;
}
