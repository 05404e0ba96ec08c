import { artifacts } from "../../core/evidence/artifacts.ts";
import { isRedacted } from "../../core/evidence/patch-stat.ts";
import type { JobState } from "../../core/job.ts";
import { tryGit } from "../git.ts";
import type { Defect } from "./defect.ts";

/** Asks a repository whether it holds what was accepted and merged, and whether the patch is the one between the trees. */
export async function checkRepository(
  repository: string,
  { state, patch }: { state: JobState; patch: string | undefined },
  signal: AbortSignal,
): Promise<Defect[]> {
  const look = async (revision: string) => {
    const found = await tryGit(["rev-parse", "--verify", "--quiet", revision], { cwd: repository }, signal);
    return found.exitCode === 0 ? found.stdout.trim() : undefined;
  };
  const { accepted, base, mergedCommit } = state;
  if (accepted === undefined || base === undefined) return [];
  const tree = await look(`${accepted.commit}^{tree}`);
  if (tree === undefined) return [defect(`The accepted commit ${accepted.commit} is not in ${repository}.`)];
  return [
    ...(tree === accepted.tree ? [] : [defect("The accepted commit does not hold the accepted tree.")]),
    ...((await look(`${accepted.commit}^1`)) === base.commit
      ? []
      : [defect("The accepted commit stands on another base.")]),
    ...(await flawsOfMerge(look, { accepted: accepted.commit, mergedCommit })),
    ...(await flawsOfPatch(repository, { from: base.commit, tree: accepted.tree, patch }, signal)),
  ];
}

async function flawsOfMerge(
  look: (revision: string) => Promise<string | undefined>,
  { accepted, mergedCommit }: { accepted: string; mergedCommit: string | undefined },
): Promise<Defect[]> {
  if (mergedCommit === undefined || mergedCommit === accepted) return [];
  if ((await look(`${mergedCommit}^{commit}`)) === undefined)
    return [defect(`The merge ${mergedCommit} is not there.`)];
  const isIt = (await look(`${mergedCommit}^2`)) === accepted;
  return isIt ? [] : [defect("The merge commit merged something else than what was accepted.")];
}

async function flawsOfPatch(
  repository: string,
  { from, tree, patch }: { from: string; tree: string; patch: string | undefined },
  signal: AbortSignal,
): Promise<Defect[]> {
  // What stands for a secret cannot be made again.
  if (patch === undefined || isRedacted(patch)) return [];
  const args = ["diff-tree", "-p", "--no-ext-diff", "--no-textconv", "-M", from, tree];
  const made = await tryGit(args, { cwd: repository }, signal);
  if (made.exitCode === 0 && made.stdout === patch) return [];
  return [{ file: artifacts.patch, sentence: "It is not the difference between the base and the accepted tree." }];
}

function defect(sentence: string): Defect {
  return { file: artifacts.result, sentence };
}
