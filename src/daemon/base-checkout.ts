import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeBareRepository } from "../platform/bare-repository.ts";
import { git, listed } from "../platform/git.ts";
import { attributesIn } from "./attribute-rules.ts";
import { ignoreRulesIn } from "./ignore-rules.ts";
import type { OpenProject } from "./projects.ts";
import { submodulesIn } from "./submodules.ts";
import { entriesOf } from "./tree-entries.ts";

/** A repository of the harness and a folder that holds the files of one commit, made before any agent came near. */
export interface BaseCheckout {
  /** The harness's git directory. */
  readonly harness: string;
  readonly tree: string;
}

/** What the harness keeps of the base, in its own repository, where no agent sees it. */
export function basePaths(harness: string) {
  return {
    /**
     * An index with the sizes and times of the files as they were checked out, but older than all of them: git takes a
     * file that is not older than the index for one that may have changed without a trace ("racy git"), and reads it
     * whatever its times say. What has another size it does not read, so a file without end holds nobody up.
     */
    index: join(harness, "base", "index"),
    /** The base's ignore rules as one exclude file. */
    ignores: join(harness, "base", "ignores"),
    /** The paths of the base's submodules, NUL between them. */
    submodules: join(harness, "base", "submodules"),
  } as const;
}

/** The refs with which a repository of a job begins. */
export function baseRefs({ main }: Pick<OpenProject, "main">, commit: string) {
  const head = `refs/heads/${main}`;
  return { head, refs: { [head]: commit, [`refs/remotes/origin/${main}`]: commit } };
}

/** Makes the repository and checks the commit out, under the attributes of that commit and nobody's configuration. */
export async function checkOutBase(
  { harness, tree }: BaseCheckout,
  { project, commit }: { project: OpenProject; commit: string },
  signal: AbortSignal,
  { isPatient = false } = {},
): Promise<void> {
  await makeBareRepository({ path: harness, borrowFrom: project.gitDir, ...baseRefs(project, commit) });
  await holdRules(harness, commit, signal);
  await mkdir(tree);
  const call = { cwd: tree, gitDir: harness, workTree: tree, indexFile: basePaths(harness).index, isPatient };
  await git(["read-tree", "-m", "-u", commit], call, signal);
  await trustNoTimes(harness);
}

/** To be done before anybody else comes near the files. */
export async function trustNoTimes(harness: string): Promise<void> {
  await utimes(basePaths(harness).index, 1, 1);
}

/** Has the harness read files under the ignore rules and attributes of this commit, and know its submodules. */
export async function holdRules(harness: string, commit: string, signal: AbortSignal): Promise<void> {
  const repository = { cwd: harness, gitDir: harness };
  const entries = await entriesOf(commit, repository, signal);
  const paths = basePaths(harness);
  await mkdir(join(harness, "base"), { recursive: true });
  await Promise.all([
    writeFile(paths.ignores, await ignoreRulesIn(entries, repository, signal)),
    writeFile(paths.submodules, submodulesIn(entries).join("\0")),
    writeAttributes(harness, await attributesIn(entries, repository, signal)),
  ]);
}

/** The paths of the submodules of the base. An earlier version left no list of them. */
export async function submodulesOf(harness: string, commit: string, signal: AbortSignal): Promise<string[]> {
  const kept = await readFile(basePaths(harness).submodules, "utf8").catch(() => undefined);
  if (kept !== undefined) return listed(kept);
  return submodulesIn(await entriesOf(commit, { cwd: harness, gitDir: harness }, signal));
}

/** Has the harness read and check out every tree under the attributes of this commit. */
export async function holdAttributes(harness: string, commit: string, signal: AbortSignal): Promise<void> {
  const repository = { cwd: harness, gitDir: harness };
  const entries = await entriesOf(commit, repository, signal);
  await writeAttributes(harness, await attributesIn(entries, repository, signal));
}

async function writeAttributes(harness: string, attributes: string): Promise<void> {
  await mkdir(join(harness, "info"), { recursive: true });
  await writeFile(join(harness, "info", "attributes"), attributes);
}
