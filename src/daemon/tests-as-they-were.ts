import { randomUUID } from "node:crypto";
import { join } from "node:path";
import picomatch from "picomatch";
import type { Project } from "../core/config.ts";
import { git } from "../platform/git.ts";
import type { JobFiles } from "./job-files.ts";
import type { Change } from "./tree-changes.ts";

/**
 * Test files that the work changed, deleted or added. A new one counts too: it is loaded beside the old ones, and may mend
 * the code or empty the other tests while the check runs.
 */
export function changedTests(changes: readonly Change[], { tests }: Pick<Project, "tests">): Change[] {
  const isTest = picomatch([...tests], { dot: true });
  return changes.filter(({ path, baseMode }) => isTest(path) && /^(?:1[02]0|000)/.test(baseMode));
}

/** Whether the base has this file. */
export function wasThere({ baseMode }: Change): boolean {
  return baseMode !== "000000";
}

/** The candidate's tree with these files as they are, or are not, on the base. It is made in an index; no file is written. */
export async function withTestsRestored(
  files: JobFiles,
  tree: string,
  tests: readonly Change[],
  signal: AbortSignal,
): Promise<string> {
  const indexFile = join(files.temporary, `index-${randomUUID()}`);
  const call = { cwd: files.directory, gitDir: files.harness, indexFile };
  // A mode of zero takes a path out of the index: git-update-index(1), "Using --index-info".
  const input = tests.map(({ path, baseMode, baseObject }) => `${baseMode} ${baseObject}\t${path}\0`).join("");
  await git(["read-tree", tree], call, signal);
  await git(["update-index", "-z", "--replace", "--index-info"], { ...call, input }, signal);
  return (await git(["write-tree"], call, signal)).trim();
}
