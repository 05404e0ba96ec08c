import type { JobState } from "../core/job.ts";
import type { Base } from "../core/measurement.ts";
import { tryGit } from "../platform/git.ts";
import type { OpenProject } from "./projects.ts";

/**
 * Why git does not hold what the ledger calls accepted, in a sentence; nothing where it does. The branch, its commit,
 * the commit's tree and its parent must all be the ones that were recorded.
 */
export async function whyNotAsAccepted(
  project: OpenProject,
  { accepted, base }: { accepted: NonNullable<JobState["accepted"]>; base: Base },
  signal: AbortSignal,
): Promise<string | undefined> {
  const branch = accepted.ref.replace(/^refs\/heads\//, "");
  const look = async (revision: string) => {
    const found = await tryGit(["rev-parse", "--verify", "--quiet", revision], { cwd: project.mainPath }, signal);
    return found.exitCode === 0 ? found.stdout.trim() : undefined;
  };
  const tip = await look(`${accepted.ref}^{commit}`);
  if (tip === undefined) return `The branch ${branch} is gone, so what was accepted cannot be merged.`;
  if (tip !== accepted.commit) {
    return `The branch ${branch} was moved to ${tip.slice(0, 10)}, which nobody checked; accepted was ${accepted.commit.slice(0, 10)}.`;
  }
  const isSame = (await look(`${tip}^{tree}`)) === accepted.tree && (await look(`${tip}^1`)) === base.commit;
  return isSame ? undefined : `The commit on ${branch} does not hold the tree that was checked.`;
}
