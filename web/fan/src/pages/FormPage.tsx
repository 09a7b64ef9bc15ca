import { Form, type OpenForm, sender } from "../blocks/Form";
import { useAnswer } from "../kit/useAnswer";
import type { Laid } from "../state";
import { Failed, Lost, Waiting } from "./Plain";

/** A form that has a page to itself. */
export function FormPage({ page }: { page: Laid }) {
  const { data, missing, failed, again } = useAnswer<OpenForm>(page);
  if (missing) return <Lost />;
  if (failed) return <Failed again={again} />;
  if (!data) return <Waiting />;
  return <main class="blocks"><Form asked={data} send={sender(page.workspace, data)} /></main>;
}
