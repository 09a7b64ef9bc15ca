import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Input, Modal } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { findPeople } from "@/api/people";
import { nameOf, type PersonDetail } from "@/api/types";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { keys } from "@/app/queries";
import styles from "./Identity.module.css";

const PATIENCE_MS = 200;
const SHOWN = 8;

/** Whom to merge somebody with: looked for like anybody. */
export function MergeWith({ open, person, onClose, onChosen }: { open: boolean; person: PersonDetail; onClose: () => void; onChosen: (other: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const filters = { q: asked };
  const list = useQuery({
    queryKey: keys.people(filters, SHOWN + 1),
    queryFn: ({ signal }) => findPeople(filters, null, SHOWN + 1, signal),
    enabled: open && asked !== "",
    placeholderData: keepPreviousData,
  });
  const found = list.data?.items.filter((one) => one.person !== person.person).slice(0, SHOWN);
  return (
    <Modal open={open} title={t("identity.with")} onCancel={onClose} footer={null} destroyOnHidden afterClose={() => setText("")}>
      <Input autoFocus value={text} onChange={({ target }) => setText(target.value)} placeholder={t("identity.withHint")} aria-label={t("identity.withHint")} data-testid="merge-with" />
      {list.isLoading && <LoadingState rows={3} />}
      {list.error && <ProblemState error={list.error} onRetry={() => void list.refetch()} />}
      <div className={styles.found}>
        {asked !== "" && found?.length === 0 && <p className={styles.faint}>{t("persons.noMatch")}</p>}
        {asked !== "" && found?.map((one) => (
          <Button key={one.person} type="text" block onClick={() => onChosen(one.person)} data-testid="merge-choose">
            <span>{nameOf(one)}</span>
            <small>{[one.person, one.phone_masked, one.city].filter(Boolean).join(" · ")}</small>
          </Button>
        ))}
      </div>
    </Modal>
  );
}
