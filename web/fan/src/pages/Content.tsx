import { command } from "../api";
import { Blocks } from "../blocks/Blocks";
import type { PageDocument } from "../blocks/document";
import { useAnswer } from "../kit/useAnswer";
import type { Laid } from "../state";
import { Failed, Lost, Waiting } from "./Plain";

/** A page the brand made of blocks. */
export function Content({ page, name }: { page: Laid; name: string }) {
  const { data, missing, failed, again } = useAnswer<{ document: PageDocument }>(page);
  if (missing) return <Lost />;
  if (failed) return <Failed again={again} />;
  if (!data) return <Waiting />;
  const forms = `/api/v1/fan/${page.workspace}/pages/${encodeURIComponent(name)}/forms/`;
  return <Blocks workspace={page.workspace} document={data.document} send={(form, answers) => command(forms + encodeURIComponent(form), { answers })} />;
}
