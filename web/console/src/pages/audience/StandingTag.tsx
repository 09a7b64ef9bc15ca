import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Standing } from "@/api/audience";

const COLOUR = { fan: "gold", member: "green", visitor: "default" } as const;

/** How far somebody has come with the brand. */
export function StandingTag({ standing }: { standing: Standing }) {
  const { t } = useTranslation();
  return <Tag variant="filled" color={COLOUR[standing]} title={t(`rules.standingHint.${standing}`)} style={{ marginInlineEnd: 0 }}>{t(`rules.standings.${standing}`)}</Tag>;
}
