import { CameraOutlined, DeleteOutlined, EditOutlined, MoreOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Input, Modal, Select, type ButtonProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { createSegment, deleteSegment, readSegment, type Named, type Segment } from "@/api/audience";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { useRefusal } from "@/app/parts/refusal";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { audienceKeys } from "../audience/keys";
import { RuleWords } from "../audience/rule/RuleWords";
import { useSegments } from "../audience/useSpeech";
import { Overlap } from "./Overlap";
import { SegmentPeople } from "./SegmentPeople";
import { KindTag, OVERLAP_MAX } from "./SegmentsPage";
import { Sizes } from "./Sizes";
import { Why } from "./Why";
import styles from "./Segments.module.css";

/** One segment: what it is in words, who belongs and why, how it grew, and whom it shares. */
export function SegmentPage() {
  const { t } = useTranslation();
  const may = useMay();
  const format = useFormats();
  const asked = useParams()["segment"] ?? "";
  const read = useQuery({ queryKey: audienceKeys.segment(asked), queryFn: () => readSegment(asked), enabled: asked !== "" });
  const segment = read.data;
  const back = <Link to="/segments" className={styles.back}>{t("segments.title")}</Link>;
  if (!segment) {
    return (
      <PageLayout title={<>{back}{asked}</>}>
        <Panel>{read.error ? <ProblemState error={read.error} onRetry={() => void read.refetch()} /> : <LoadingState rows={10} />}</Panel>
      </PageLayout>
    );
  }
  return (
    <PageLayout title={<span className={styles.title} data-testid="segment-page">{back}<span data-testid="segment-title">{segment.name}</span><KindTag kind={segment.kind} /></span>} lead={segment.note || undefined}
      actions={may("manage_segments") && <Actions segment={segment} />}>
      <section className={styles.head}>
        <div className={styles.numbers}>
          <small>{t("segments.now")}</small>
          <strong data-testid="segment-size">{segment.is_exact ? format.count(segment.size) : t("segments.about", { count: segment.size })}</strong>
          <em>{t(`segments.kept.${segment.kind}`, { time: format.moment(segment.created_at) })}</em>
        </div>
        <div className={styles.rule}>
          <small>{t(segment.kind === "snapshot" ? "segments.wordsThen" : "segments.words")}</small>
          <p>{segment.rule ? <RuleWords rule={segment.rule} /> : t(`segments.kindHint.${segment.kind}`)}</p>
          <small>{t("segments.changedBy", { time: format.moment(segment.changed_at) })}</small>
        </div>
      </section>
      <div className={styles.columns}>
        <div className={styles.stack}>
          <Sizes segment={segment.segment} />
          <SegmentPeople segment={segment} />
        </div>
        <div className={styles.stack}>
          <Why segment={segment.segment} />
          <Laid segment={segment} />
          <Panel title={t("segments.usedTitle")}>
            {segment.used_by.length === 0
              ? <p className={styles.quiet}>{t("segments.unused")}</p>
              : <UsedBy used={segment.used_by} />}
          </Panel>
        </div>
      </div>
    </PageLayout>
  );
}

/** Segments and tags that name it; the id of a tag leads to the tags. */
function UsedBy({ used }: { used: Named[] }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.used} data-testid="segment-used">
      {used.map(({ segment: id, name }) => {
        const isTag = id.startsWith("tg_");
        return <li key={id}><Link to={isTag ? `/tags?tag=${id}` : `/segments/${id}`} className={styles.name}>{name}</Link>{isTag && <small> {t("segments.usedTag")}</small>}</li>;
      })}
    </ul>
  );
}

function Actions({ segment }: { segment: Segment }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"snapshot" | "delete" | null>(null);
  const items = [
    ...(segment.kind === "snapshot" ? [] : [{ key: "snapshot" as const, icon: <CameraOutlined />, label: <span data-testid="segment-snapshot">{t("segments.snapshot.open")}</span> }]),
    { key: "delete" as const, icon: <DeleteOutlined />, danger: true, label: <span data-testid="segment-delete">{t("segments.remove.open")}</span> },
  ];
  return (
    <>
      <Button type="primary" icon={<EditOutlined />} onClick={() => void navigate(`/segments/${segment.segment}/edit`)} data-testid="segment-edit">{t("segments.edit")}</Button>
      <Dropdown trigger={["click"]} autoFocus menu={{ items, onClick: ({ key }) => setAsking(key as "snapshot" | "delete") }}>
        <Button icon={<MoreOutlined />} aria-label={t("segments.moreActions")} data-testid="segment-more" />
      </Dropdown>
      <Snapshot segment={segment} open={asking === "snapshot"} onClose={() => setAsking(null)} />
      <Remove segment={segment} open={asking === "delete"} onClose={() => setAsking(null)} />
    </>
  );
}

function Snapshot({ segment, open, onClose }: { segment: Segment; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const [name, setName] = useState<string | null>(null);
  const written = name ?? t("segments.snapshot.name", { name: segment.name, day: format.day(Date.now()) });
  const take = useMutation({
    mutationFn: () => createSegment({ name: written.trim(), kind: "snapshot", of: segment.segment }),
    onSuccess: (made) => {
      void cache.invalidateQueries({ queryKey: audienceKeys.everySegments });
      void message.success(t("segments.snapshot.done"));
      onClose();
      void navigate(`/segments/${made.segment}`);
    },
  });
  return (
    <Modal open={open} title={t("segments.snapshot.open")} onCancel={onClose} onOk={() => take.mutate()} okText={t("segments.snapshot.take")} cancelText={t("common.action.cancel")} confirmLoading={take.isPending}
      okButtonProps={{ disabled: written.trim() === "", "data-testid": "snapshot-take" } as ButtonProps} destroyOnHidden>
      <p className={styles.quiet}>{t("segments.snapshot.lead", { count: segment.size })}</p>
      <Input value={written} maxLength={60} aria-label={t("segments.form.name")} onChange={({ target }) => setName(target.value)} onPressEnter={() => take.mutate()} data-testid="snapshot-name" />
      {take.error && <p role="alert" className={styles.refused}>{refusal(take.error)}</p>}
    </Modal>
  );
}

function Remove({ segment, open, onClose }: { segment: Segment; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const refusal = useRefusal();
  const { message } = App.useApp();
  const isUsed = segment.used_by.length > 0;
  const remove = useMutation({
    mutationFn: () => deleteSegment(segment.segment),
    onSuccess: async () => {
      void message.success(t("segments.remove.done", { name: segment.name }));
      await navigate("/segments");
      cache.removeQueries({ queryKey: audienceKeys.segment(segment.segment) });
      void cache.invalidateQueries({ queryKey: ["audience"] });
    },
  });
  return (
    <Modal open={open} title={t("segments.remove.title", { name: segment.name })} onCancel={onClose} onOk={() => remove.mutate()} okText={t("segments.remove.open")} cancelText={t("common.action.cancel")} confirmLoading={remove.isPending}
      okButtonProps={{ danger: true, disabled: isUsed, "data-testid": "remove-yes" } as ButtonProps} destroyOnHidden>
      <p>{t(isUsed ? "segments.remove.used" : "segments.remove.lead")}</p>
      {isUsed && <UsedBy used={segment.used_by} />}
      {remove.error && <p role="alert" className={styles.refused}>{refusal(remove.error)}</p>}
    </Modal>
  );
}

/** Which of its people other segments have, too. */
function Laid({ segment }: { segment: Segment }) {
  const { t } = useTranslation();
  const segments = useSegments();
  const [others, setOthers] = useUrlState("with");
  const chosen = (others ?? "").split(",").filter((each) => each !== "" && each !== segment.segment).slice(0, OVERLAP_MAX - 1);
  return (
    <Panel title={t("segments.overlap.title")}>
      <Select mode="multiple" className={styles.wide ?? ""} value={chosen} maxCount={OVERLAP_MAX - 1} placeholder={t("segments.overlap.choose")} aria-label={t("segments.overlap.choose")} onChange={(next: string[]) => setOthers(next.join(",") || null)} showSearch={{ optionFilterProp: "label" }} data-testid="overlap-with"
        options={(segments.data?.items ?? []).filter((each) => each.segment !== segment.segment).map((each) => ({ value: each.segment, label: each.name }))} />
      {chosen.length > 0 ? <Overlap segments={[segment.segment, ...chosen]} /> : <p className={styles.quiet}>{t("segments.overlap.lead")}</p>}
    </Panel>
  );
}
