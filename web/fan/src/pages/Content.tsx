import { Blocks } from "../blocks/Blocks";
import type { PageDocument } from "../blocks/document";
import { useAnswers } from "../kit/useAnswers";
import { PlayCard } from "../plays/Card";
import type { Laid } from "../state";
import { Failed, Lost, Waiting } from "./Plain";

/** A page the brand made of blocks. */
export function Content({ page }: { page: Laid }) {
  const { data, missing, failed, again } = useAnswers(page);
  if (missing) return <Lost />;
  if (failed) return <Failed again={again} />;
  if (!data) return <Waiting />;
  const [{ document }] = data as [{ document: PageDocument }];
  return (
    <Blocks workspace={page.workspace} document={document}
      card={(kind, id) => (kind === "play" ? <PlayCard workspace={page.workspace} play={id} /> : null)} />
  );
}
