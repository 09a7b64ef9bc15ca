import { useRouteError } from "react-router";
import { ProblemState } from "../parts/states";

/** A page threw, or its code could not be loaded (often: a newer version was installed). Reloading is the cure. */
export function Crashed() {
  return <ProblemState error={useRouteError()} onRetry={() => window.location.reload()} />;
}
