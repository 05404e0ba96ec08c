import type { Logger } from "pino";
import type { EngineSurroundings } from "../agents/engine-execution.ts";
import type { Surroundings } from "../agents/execution.ts";
import { type Engines, engineGuidance } from "../agents/ready-engine.ts";
import type { Config } from "../core/config.ts";
import { spentBy } from "../core/spent.ts";
import type { JobBook } from "./job-book.ts";
import type { StageJob } from "./stage.ts";

/** What an engine works with beyond any other command: a home for this job, and the job's account of its threads. */
export async function engineSurroundings(
  { book, engines }: { book: JobBook; engines: Engines },
  { state: { id: jobId }, workspace }: StageJob,
  { surroundings, ...given }: { surroundings: Surroundings } & Pick<EngineSurroundings, "treeOf" | "threads">,
): Promise<EngineSurroundings> {
  const { threads } = await book.known(jobId);
  return {
    ...surroundings,
    engines,
    engineHomes: workspace.files.engineHomes,
    guidance: engineGuidance,
    ...given,
    countedBefore: (threadId) => spentBy(threadId, threads),
    onSpent: async (spending) => {
      await book.record(jobId, { type: "spent", role: "engine", ...spending });
    },
  };
}

/** Looks at every configured engine, and logs what a person has to do about those that could not work now. */
export async function warnOfEngines(
  { config, engines, log }: { config: Config; engines: Engines; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  const looks = Object.keys(config.engines).map(async (engine) => {
    const remedy = await engines.remedyFor(engine, signal);
    if (remedy !== undefined) log.warn({ engine, remedy }, "an engine is not ready");
  });
  await Promise.allSettled(looks);
}
