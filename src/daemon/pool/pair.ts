import { copyFile, mkdir, readFile, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { setRefs } from "../../platform/bare-repository.ts";
import { bootId } from "../../platform/boot-id.ts";
import { git } from "../../platform/git.ts";
import { isThere } from "../../platform/is-there.ts";
import { writeAtomically } from "../../platform/write-atomically.ts";
import { basePaths, baseRefs, checkOutBase, holdRules, trustNoTimes } from "../base-checkout.ts";
import type { OpenProject } from "../projects.ts";

/**
 * A repository of the harness and the files of one commit, waiting for a job: two folders, because files must be on the
 * project's file system to be handed out by a rename, and repositories on that of the jobs. No job has been near either.
 */
export interface Pair {
  /** Holds the repository, the index the job will get, and `pair.json` as long as all of it is whole. */
  readonly folder: string;
  readonly tree: string;
}

export function pairPaths({ folder }: Pair) {
  return { harness: join(folder, "harness.git"), index: join(folder, "index"), contents: join(folder, "pair.json") };
}

const Contents = z.object({
  commit: z.string(),
  gitDir: z.string(),
  /** A machine that lost its power may have lost files too. */
  bootId: z.string().optional(),
});

interface Wanted {
  readonly project: OpenProject;
  readonly commit: string;
}

export async function makePair(pair: Pair, { project, commit }: Wanted, signal: AbortSignal): Promise<void> {
  await mkdir(pair.folder, { recursive: true, mode: 0o700 });
  const { harness } = pairPaths(pair);
  await checkOutBase({ harness, tree: pair.tree }, { project, commit }, signal, { isPatient: true });
  await complete(pair, { project, commit });
}

/**
 * Moves a pair to another commit, at the price of what differs. False when only a new pair would be right: where
 * attributes change, files that did not may have to be checked out anew.
 */
export async function movePair(
  pair: Pair,
  { project, from, to }: { project: OpenProject; from: string; to: string },
  signal: AbortSignal,
): Promise<boolean> {
  const { harness, contents } = pairPaths(pair);
  const call = { cwd: pair.tree, gitDir: harness, workTree: pair.tree, indexFile: basePaths(harness).index };
  const changed = await git(["diff-tree", "-r", "--name-only", "--no-renames", "-z", from, to], call, signal);
  if (/(?:^|[/\0])\.gitattributes\0/.test(changed)) return false;
  await rm(contents);
  const now = new Date();
  // Only we have written here, so here times may be trusted.
  await utimes(call.indexFile, now, now);
  await git(["read-tree", "-m", "-u", from, to], call, signal);
  await trustNoTimes(harness);
  await Promise.all([setRefs({ path: harness, ...baseRefs(project, to) }), holdRules(harness, to, signal)]);
  await complete(pair, { project, commit: to });
  return true;
}

/** The commit of a pair that was left by another life of the daemon, if every file of it is what it should be. */
export async function commitOfLeft(pair: Pair, project: OpenProject, signal: AbortSignal): Promise<string | undefined> {
  const { harness, contents, index } = pairPaths(pair);
  const text = await readFile(contents, "utf8").catch(() => "{}");
  const read = Contents.safeParse(parsed(text));
  const isWhole = await isThere(index);
  if (!read.success || !isWhole || read.data.gitDir !== project.gitDir) return undefined;
  if (read.data.bootId === undefined || read.data.bootId !== (await bootId())) return undefined;
  const { index: indexFile } = basePaths(harness);
  const call = { cwd: pair.tree, gitDir: harness, workTree: pair.tree, indexFile, isPatient: true };
  const [changed, added] = await Promise.all([
    git(["diff-files", "--name-only", "-z", "--ignore-submodules=dirty"], call, signal),
    git(["ls-files", "-z", "--others"], call, signal),
  ]);
  return changed === "" && added === "" ? read.data.commit : undefined;
}

async function complete(pair: Pair, { project, commit }: Wanted): Promise<void> {
  const { harness, index, contents } = pairPaths(pair);
  await copyFile(basePaths(harness).index, index);
  const document = Contents.parse({ commit, gitDir: project.gitDir, bootId: await bootId() });
  await writeAtomically(contents, JSON.stringify(document), { flush: false });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
