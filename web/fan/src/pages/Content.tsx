import { Blocks } from "../blocks/Blocks";
import type { PageDocument } from "../blocks/document";
import { useAnswer } from "../kit/useAnswer";
import type { Laid } from "../state";
import { Failed, Lost, Waiting } from "./Plain";

/** A page the brand made of blocks. */
export function Content({ page }: { page: Laid }) {
  const { data, missing, failed, again } = useAnswer<{ document: PageDocument }>(page);
  if (missing) return <Lost />;
  if (failed) return <Failed again={again} />;
  if (!data) return <Waiting />;
  return <Blocks workspace={page.workspace} document={data.document} />;
}
