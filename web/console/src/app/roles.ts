import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** The roles that every brand has; they have words in every language, and nobody changes them. */
export const PRESETS = ["owner", "operator", "city_manager", "store_manager", "guide", "analyst"] as const;
type Preset = (typeof PRESETS)[number];

export const isPreset = (role: string): role is Preset => (PRESETS as readonly string[]).includes(role);

/** What a role is called: in words if every brand has it, as the brand calls it otherwise. */
export function useRoleWords(): (role: string, name?: string | null) => string {
  const { t } = useTranslation();
  return useCallback((role, name) => (isPreset(role) ? t(`common.role.${role}`) : (name ?? role)), [t]);
}
