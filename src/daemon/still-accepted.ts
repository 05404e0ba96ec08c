import { AppError } from "../core/error.ts";
import { contradictions } from "../core/evidence/contradictions.ts";
import type { JobState } from "../core/job.ts";
import type { Base } from "../core/measurement.ts";
import { tryGit } from "../platform/git.ts";
import { readLedger } from "../platform/ledger-file.ts";
import type { OpenProject } from "./projects.ts";
import type { StageJob } from "./stage.ts";

type Accepted = NonNullable<JobState["accepted"]>;

/**
 * Looks at everything again when somebody taps Merge: the ledger's whole story, and what git really holds. Throws
 * "merge-blocked" where they do not tell of one tree that was taken, checked, judged and accepted.
 */
export async function recheckEvidence(
  { state, project, workspace }: StageJob,
  accepted: Accepted,
  signal: AbortSignal,
): Promise<void> {
  const [contradiction] = contradictions(await readLedger(workspace.files.ledger));
  if (contradiction !== undefined) throw new AppError("merge-blocked", `Nothing was merged. ${contradiction.sentence}`);
  const untrue = await whyNotAsAccepted(project, { accepted, base: state.base }, signal);
  if (untrue === undefined) return;
  const remedy = `git branch --force ${branchOf(accepted)} ${accepted.commit}`;
  throw new AppError(
    "merge-blocked",
    `Nothing was merged. ${untrue} Put it back (${remedy}) and merge again, or discard.`,
  );
}

/**
 * Why git does not hold what the ledger calls accepted, in a sentence; nothing where it does. The branch, its commit,
 * the commit's tree and its parent must all be the ones that were recorded.
 */
export async function whyNotAsAccepted(
  project: OpenProject,
  { accepted, base }: { accepted: Accepted; base: Base },
  signal: AbortSignal,
): Promise<string | undefined> {
  const branch = branchOf(accepted);
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

function branchOf({ ref }: Accepted): string {
  return ref.replace(/^refs\/heads\//, "");
}
