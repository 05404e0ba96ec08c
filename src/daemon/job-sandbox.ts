import { homedir } from "node:os";
import { join } from "node:path";
import type { Surroundings } from "../agents/execution.ts";
import type { SandboxProfile } from "../platform/sandbox/profile.ts";
import { findToolchains, type Toolchains } from "../platform/sandbox/toolchains.ts";
import type { CheckPlace } from "./checks.ts";
import type { DaemonDeps } from "./deps.ts";
import type { GuardedPaths } from "./guarded-paths.ts";
import type { OpenProject } from "./projects.ts";
import type { Workspace } from "./workspace.ts";

/** The programs of the operator's PATH, looked at once: where version managers put them, and without their credentials. */
export function operatorToolchains({
  config,
  home,
  variables,
}: Pick<DaemonDeps, "config" | "home" | "variables">): Toolchains {
  const bases = Object.values(config.projects).map(({ baseDir }) => baseDir);
  return findToolchains({
    path: variables.PATH ?? "",
    private: [homedir(), variables.HOME ?? homedir(), home, ...bases],
  });
}

/**
 * The sandbox of a job's commands: they may change their worktree and the job's own repository, read the objects of the
 * project, and see nothing else of the person's. `main` is only ever read.
 */
export function jobSandbox(
  { sandbox }: Pick<DaemonDeps, "sandbox">,
  { readOnly, hidden }: Toolchains,
  { project, workspace: { files } }: { project: OpenProject; workspace: Workspace },
  guarded: GuardedPaths,
): Surroundings["sandbox"] {
  if (sandbox.kind === "none") return () => undefined;
  return ({ kind, path }, needs) => ({
    worktree: path,
    writable: kind === "main" ? [] : [files.repository],
    readOnly: [
      join(project.gitDir, "objects"),
      ...(kind === "main" ? [project.gitDir] : []),
      ...readOnly,
      ...(needs.readOnly ?? []),
    ],
    readOnlyInside: kind === "main" ? [path] : [join(path, ".git"), ...guarded.locked],
    hidden: [...hidden, ...guarded.hidden],
    network: needs.network,
    home: needs.home,
  });
}

/** A check sees its checkout and nothing of the job, the project or the person. */
export function checkSandbox(
  { sandbox }: Pick<DaemonDeps, "sandbox">,
  { readOnly, hidden }: Toolchains,
  { checkout, home, dependencies = [] }: CheckPlace,
  network: SandboxProfile["network"],
): SandboxProfile | undefined {
  if (sandbox.kind === "none") return undefined;
  const shown = dependencies.map(({ from, at }) => ({ from, at: join(checkout, at) }));
  const scratch = dependencies.flatMap(({ at, scratch: names }) => names.map((name) => join(checkout, at, name)));
  return { worktree: checkout, writable: [], readOnly, readOnlyInside: [], hidden, shown, scratch, network, home };
}
