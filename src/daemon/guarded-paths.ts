import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { GateWorktree } from "../agents/gate.ts";
import { flawOfSecret } from "../core/policy/paths.ts";
import { git, listed } from "../platform/git.ts";
import { pathsOutOfScope } from "../platform/sandbox/scope-paths.ts";
import { scopeOf } from "./scope.ts";
import type { StageJob } from "./stage.ts";

/** What one command finds in its worktree and may not touch; absolute paths. */
export interface GuardedPaths {
  /** May be read and not changed. */
  readonly locked: readonly string[];
  /** Read as empty. */
  readonly hidden: readonly string[];
}

export const nothingGuarded: GuardedPaths = { locked: [], hidden: [] };

/** Looks up what is out of a job's scope once, and keeps it: the base commit does not change. */
export class ScopeGuard {
  readonly #job: StageJob;
  #outOfScope: Promise<readonly string[]> | undefined;

  constructor(job: StageJob) {
    this.#job = job;
  }

  /** For an engine. What is locked is a mount, so nothing is that an engine has put a link in the place of. */
  async inWorktree({ path }: GateWorktree, signal: AbortSignal): Promise<GuardedPaths> {
    this.#outOfScope ??= this.#read(signal);
    const outOfScope = await this.#outOfScope;
    const worktree = await realpath(path);
    const inPlace = await Promise.all(
      outOfScope.map(async (name) => {
        const real = await realpath(join(path, name)).catch(() => undefined);
        return real === join(worktree, name) ? [join(path, name)] : [];
      }),
    );
    return { locked: inPlace.flat(), hidden: [] };
  }

  async #read(signal: AbortSignal): Promise<readonly string[]> {
    const { project, state, workspace } = this.#job;
    const { files } = workspace;
    const repository = { cwd: files.directory, gitDir: files.harness };
    const listing = await git(["ls-tree", "-r", "-z", "--name-only", state.base.commit], repository, signal);
    return pathsOutOfScope(listed(listing), scopeOf(project.scope));
  }
}

/** In `main/` lie the person's own files beside those of the repository: a `.env` there is nobody's business. */
export async function secretsBesideMain(mainPath: string, signal: AbortSignal): Promise<GuardedPaths> {
  const untracked = await git(["ls-files", "-z", "--others", "--directory"], { cwd: mainPath }, signal);
  const secrets = listed(untracked).filter((name) => !name.endsWith("/") && flawOfSecret(name) !== undefined);
  return { locked: [], hidden: secrets.map((name) => join(mainPath, name)) };
}
