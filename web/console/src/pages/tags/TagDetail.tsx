import { DeleteOutlined, EditOutlined, TeamOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Grid, Modal, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { deleteTag, previewRule, type Rule, type Tag } from "@/api/audience";
import { nameOf } from "@/api/types";
import { useFormats } from "@/app/format";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useMay } from "@/app/permissions";
import { audienceKeys } from "../audience/keys";
import { RuleWords } from "../audience/rule/RuleWords";
import { useWhose } from "../audience/useWhose";
import { StandingTag } from "../audience/StandingTag";
import { TagChip } from "./TagsPage";
import styles from "./Tags.module.css";

const SAMPLE = 20;

/** One tag: what it says, how it is put on, and some who bear it. */
export function TagDetail({ tag, onClose, onEdit }: { tag: Tag; onClose: () => void; onEdit: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const navigate = useNavigate();
  const may = useMay();
  const wide = Grid.useBreakpoint().md ?? true;
  const [removing, setRemoving] = useState(false);
  const made = useWhose()(tag.by);
  const rule: Rule = { kind: "tag", tag: tag.tag };
  const people = useQuery({ queryKey: audienceKeys.preview(rule, SAMPLE), queryFn: ({ signal }) => previewRule(rule, SAMPLE, signal) });
  return (
    <Drawer open onClose={onClose} size={wide ? 480 : "100%"} title={<span className={styles.title}>{tag.group} › <TagChip tag={tag} /></span>} data-testid="tag-detail">
      <div className={styles.detail}>
        {tag.note && <p>{tag.note}</p>}
        <p className={styles.faint}>
          {t(`labels.intent.${tag.intent}`)} · {t(`labels.by.${tag.rule ? "rule" : "hand"}`)} · {made ? t("labels.made", { by: made, time: format.day(tag.created_at) }) : t("labels.madeAt", { time: format.day(tag.created_at) })}
        </p>
        {tag.rule && <><h3>{t("labels.rule")}</h3><p className={styles.read}><RuleWords rule={tag.rule} /></p></>}
        {may("manage_segments") && (
          <p className={styles.tools}>
            <Button icon={<EditOutlined />} onClick={onEdit} data-testid="tag-edit">{t("labels.edit")}</Button>
            <Button icon={<TeamOutlined />} onClick={() => void navigate("/segments/new", { state: { rule, name: tag.name } })} data-testid="tag-segment">{t("labels.toSegment")}</Button>
            <Button danger type="text" icon={<DeleteOutlined />} onClick={() => setRemoving(true)} data-testid="tag-delete">{t("labels.remove.open")}</Button>
          </p>
        )}
        <h3>{t("labels.sample")} <small>{people.data && t("labels.people", { count: people.data.count })}</small></h3>
        {people.error && !people.data ? <ProblemState error={people.error} onRetry={() => void people.refetch()} /> : null}
        {people.isPending && <LoadingState rows={4} />}
        <ul className={styles.people} data-testid="tag-people">
          {people.data?.sample.map((person) => (
            <li key={person.person}><Link to={`/people/${person.person}`}>{nameOf(person)}</Link><StandingTag standing={person.standing} /><small>{person.city}</small></li>
          ))}
        </ul>
        {people.data && people.data.count > people.data.sample.length && <p className={styles.faint}>{t("rules.preview.sampleMore", { count: people.data.count - people.data.sample.length })}</p>}
      </div>
      <RemoveTag tag={tag} open={removing} onClose={() => setRemoving(false)} onGone={onClose} />
    </Drawer>
  );
}

function RemoveTag({ tag, open, onClose, onGone }: { tag: Tag; open: boolean; onClose: () => void; onGone: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refusal = useRefusal();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteTag(tag.tag),
    onSuccess: () => {
      void message.success(t("labels.remove.done", { name: tag.name }));
      onGone();
      void cache.invalidateQueries({ queryKey: ["audience"] });
    },
  });
  return (
    <Modal open={open} title={t("labels.remove.title", { name: tag.name })} onCancel={onClose} onOk={() => remove.mutate()} okText={t("labels.remove.open")} cancelText={t("common.action.cancel")} confirmLoading={remove.isPending}
      okButtonProps={{ danger: true, "data-testid": "tag-delete-yes" } as ButtonProps} destroyOnHidden>
      <p>{t("labels.remove.lead", { count: tag.people })}</p>
      {remove.error && <p role="alert" className={styles.refused}>{refusal(remove.error)}</p>}
    </Modal>
  );
}
