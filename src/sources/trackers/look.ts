import { standingOf } from "../../core/tracker/standing.ts";
import type { Issue } from "../../core/tracker.ts";
import { attempt } from "./attempt.ts";
import type { LookDeps } from "./deps.ts";
import { dispatch } from "./dispatch.ts";
import { closeEnded, reconcile, releaseLeft } from "./reconcile.ts";
import { writeBack } from "./write-back.ts";

/**
 * One look at a tracker: first what we hold is brought together with what is true, then new issues are taken, then the
 * tracker is told. A list that could not be read is no list: nothing is taken until the next look.
 */
export async function look(deps: LookDeps, signal: AbortSignal): Promise<void> {
  const { tracker, config, log } = deps;
  const due = await reconcile(deps, signal);
  const listed = await attempt(log, "list its issues", signal, () =>
    tracker.issuesByStates(config.activeStates, signal),
  );
  if (listed !== undefined) await releaseLeft(deps, listed);
  const isNew = ({ id }: Issue) => !due.some((issue) => issue.id === id);
  const eligible = (listed ?? []).filter((issue) => standingOf(issue, config) === "eligible");
  await dispatch(deps, [...due, ...eligible.filter(isNew)], signal);
  await writeBack(deps, signal);
}

/** What there is to tell when a job moved: no issue is read for it. True when an ended job made room for another. */
export async function tellNews(deps: LookDeps, signal: AbortSignal): Promise<boolean> {
  const anyEnded = await closeEnded(deps);
  await writeBack(deps, signal);
  return anyEnded;
}
