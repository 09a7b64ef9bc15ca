import { Form, type OpenForm, sender } from "../blocks/Form";
import { useAnswers } from "../kit/useAnswers";
import type { Laid } from "../state";
import { Failed, Lost, Waiting } from "./Plain";

/** A form that has a page to itself. */
export function FormPage({ page }: { page: Laid }) {
  const { data, missing, failed, again } = useAnswers(page);
  if (missing) return <Lost />;
  if (failed) return <Failed again={again} />;
  if (!data) return <Waiting />;
  const [asked] = data as [OpenForm];
  return <main class="blocks"><Form asked={asked} send={sender(page.workspace, asked)} /></main>;
}
