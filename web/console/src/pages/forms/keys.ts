/** Where answers about forms are kept, so that pages share them. */
export const formKeys = {
  all: ["forms"] as const,
  one: (form: string) => ["forms", form] as const,
  summary: (form: string) => ["forms", form, "summary"] as const,
  answers: (form: string, limit: number) => ["forms", form, "answers", limit] as const,
};
