import type { Logger } from "pino";
import type { Config } from "../core/config.ts";
import { checkProjects } from "../platform/check-projects.ts";

/**
 * The configured projects that are on this machine. The others are named in the log and left to daemons elsewhere: one
 * configuration may serve several machines. Throws "project-unusable" when there is nothing to work on at all.
 */
export async function findProjects(
  config: Pick<Config, "projects">,
  log: Logger,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const problems = await checkProjects(config, signal);
  const names = Object.keys(config.projects);
  const held = names.filter((name) => !problems.has(name));
  const [first] = problems.values();
  if (held.length === 0 && first !== undefined) throw first;
  for (const [project, { message: reason }] of problems) log.warn({ project, reason }, "a project is not served here");
  return new Set(held);
}
