import { DownloadOutlined, PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Segmented, Tag as Chip, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { listTags, tagsCsv, type Tag } from "@/api/audience";
import { useFormats } from "@/app/format";
import { PageLayout, Panel } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { usePatchUrl, useUrlState } from "@/app/parts/useUrlState";
import { useMay } from "@/app/permissions";
import { audienceKeys } from "../audience/keys";
import { TagDetail } from "./TagDetail";
import { TagForm } from "./TagForm";
import { Traits } from "./Traits";
import styles from "./Tags.module.css";

/** What is said of people, in groups; and the numbers kept of them. */
export function TagsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const patch = usePatchUrl();
  const [params] = useSearchParams();
  const view = params.get("view") === "traits" ? "traits" : "tags";
  const create = may("manage_segments") && <Button type="primary" icon={<PlusOutlined />} onClick={() => patch({ new: "1" })} data-testid={view === "tags" ? "tag-create" : "trait-create"}>{t(view === "tags" ? "labels.create" : "traits.create")}</Button>;
  return (
    <PageLayout title={t("labels.title")} lead={t(view === "tags" ? "labels.lead" : "traits.lead")}
      actions={<>
        <Segmented value={view} onChange={(next) => patch({ view: next === "tags" ? null : next, new: null })} options={(["tags", "traits"] as const).map((each) => ({ value: each, label: t(`labels.view.${each}`) }))} data-testid="tags-view" />
        {view === "tags" && <Button icon={<DownloadOutlined />} href={tagsCsv()} download aria-label={t("labels.csv")} data-testid="tags-csv">{t("labels.csv")}</Button>}
        {create}
      </>}>
      {view === "tags" ? <Tags create={create} /> : <Traits create={create} />}
    </PageLayout>
  );
}

function Tags({ create }: { create: React.ReactNode }) {
  const { t } = useTranslation();
  const patch = usePatchUrl();
  const may = useMay();
  const [params] = useSearchParams();
  const [search, setSearch] = useUrlState("q");
  const [opened, setOpened] = useUrlState("tag");
  const tags = useQuery({ queryKey: audienceKeys.tags, queryFn: listTags });
  const all = tags.data?.items;
  const q = (search ?? "").trim().toLowerCase();
  const shown = all?.filter(({ name, group, note }) => q === "" || [name, group, note].some((text) => text.toLowerCase().includes(q)));
  const groups = [...new Set(shown?.map(({ group }) => group))].sort((a, b) => a.localeCompare(b, "zh"));
  const most = Math.max(1, ...(all ?? []).map(({ people }) => people));
  const detail = all?.find(({ tag }) => tag === opened);
  const changing = may("manage_segments") && params.get("edit") ? all?.find(({ tag }) => tag === params.get("edit")) : undefined;
  return (
    <>
      {all && all.length > 0 && (
        <div className={styles.bar}>
          <Input allowClear className={styles.search ?? ""} prefix={<SearchOutlined />} value={search ?? ""} onChange={({ target }) => setSearch(target.value || null)} placeholder={t("labels.search")} aria-label={t("labels.search")} data-testid="tag-search" />
          <span className={styles.total} data-testid="tags-total">{t("labels.total", { count: shown?.length ?? 0 })}</span>
        </div>
      )}
      {tags.error && !all ? <Panel><ProblemState error={tags.error} onRetry={() => void tags.refetch()} /></Panel> : null}
      {tags.isPending && <Panel><LoadingState /></Panel>}
      {all?.length === 0 && <Panel><EmptyState title={t("labels.empty.title")} detail={t("labels.empty.detail")} action={create} /></Panel>}
      {all && all.length > 0 && shown?.length === 0 && <Panel><EmptyState title={t("labels.noMatch")} /></Panel>}
      <div className={styles.groups}>
        {groups.map((group) => (
          <Group key={group} name={group} tags={(shown ?? []).filter((tag) => tag.group === group).sort((a, b) => b.people - a.people)} most={most} onOpen={setOpened} />
        ))}
      </div>
      {detail && <TagDetail tag={detail} onClose={() => setOpened(null)} onEdit={() => patch({ tag: null, edit: detail.tag })} />}
      {((params.get("new") && may("manage_segments")) || changing) && <TagForm key={changing?.tag ?? "new"} tag={changing ?? null} groups={[...new Set(all?.map(({ group }) => group))]} onClose={() => patch({ new: null, edit: null })} />}
    </>
  );
}

function Group({ name, tags, most, onOpen }: { name: string; tags: Tag[]; most: number; onOpen: (tag: string) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <Panel title={<>{name} <small className={styles.total}>{t("labels.inGroup", { count: tags.length })}</small></>}>
      <ul className={styles.tags} data-testid="tag-group">
        {tags.map((tag) => (
          <li key={tag.tag}>
            <button type="button" onClick={() => onOpen(tag.tag)} data-testid="tag-row">
              <TagChip tag={tag} />
              <Tooltip title={t(`labels.byHint.${tag.rule ? "rule" : "hand"}`)}><small>{t(`labels.by.${tag.rule ? "rule" : "hand"}`)}</small></Tooltip>
              <i aria-hidden="true"><b style={{ width: `${(100 * tag.people) / most}%` }} /></i>
              <strong>{format.count(tag.people)}</strong>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const COLOUR = { fact: "cyan", judgement: "gold", intent: "magenta" } as const;

/** A tag as it looks everywhere: its colour tells fact from judgement from intent. */
export function TagChip({ tag }: { tag: Pick<Tag, "name" | "intent"> }) {
  const { t } = useTranslation();
  return <Chip variant="filled" color={COLOUR[tag.intent]} title={`${t(`labels.intent.${tag.intent}`)} · ${t(`labels.intentHint.${tag.intent}`)}`} style={{ marginInlineEnd: 0 }}>{tag.name}</Chip>;
}
