import type { FormInstance } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";

/** The word for a store that takes nothing at the moment: its disk is full, or it cannot be written to or reached. */
export const storeWord = (code: string): "storageFull" | "unavailable" | null =>
  code === "storage_full" ? "storageFull" : code === "unavailable" ? "unavailable" : null;

/** What a refusal says in words, for messages and notes above a form. */
export function useRefusal(): (error: unknown) => string {
  const { t } = useTranslation();
  return useCallback(
    (error) => {
      const problem = asProblem(error);
      if (problem.status === 0) return t("common.problem.unreachableDetail");
      if (problem.status === 429) return t("passwords.tooMany");
      const store = storeWord(problem.code);
      if (store && !problem.detail) return t(`common.problem.${store}Detail`);
      return problem.errors?.[0]?.message ?? problem.detail ?? problem.title;
    },
    [t],
  );
}

/** Puts what the server says about fields beside them; `words` replaces its sentence where the console has one. */
export function showFieldErrors(form: FormInstance, error: unknown, words: Record<string, string> = {}): boolean {
  const fields = Object.keys(form.getFieldsValue(true) as object);
  const told = (asProblem(error).errors ?? []).filter(({ field }) => field !== undefined && fields.includes(field));
  form.setFields(told.map(({ field, message }) => ({ name: field ?? "", errors: [words[field ?? ""] ?? message] })));
  return told.length > 0;
}
