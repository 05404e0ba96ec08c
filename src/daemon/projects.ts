import { join } from "node:path";
import type { Config, Project } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import { git, tryGit } from "../platform/git.ts";

/** A project with what git says of it. */
export interface OpenProject extends Project {
  readonly name: string;
  /** The person's checkout: `<baseDir>/main`. */
  readonly mainPath: string;
  /** The git directory that holds the project's objects and refs. */
  readonly gitDir: string;
}

/** Finds a project's repository. Throws "project-unusable" with what to mend when there is none to work with. */
export async function openProject(config: Config, name: string, signal: AbortSignal): Promise<OpenProject> {
  const project = Object.hasOwn(config.projects, name) ? config.projects[name] : undefined;
  if (project === undefined) throw new AppError("not-found", `No project is called "${name}". /projects lists them.`);
  const mainPath = join(project.baseDir, "main");
  const gitDir = await tryGit(
    ["rev-parse", "--path-format=absolute", "--git-common-dir"],
    { cwd: mainPath },
    signal,
  ).catch((cause: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw new AppError("project-unusable", `${mainPath} does not exist. Put the project's checkout there.`, { cause });
  });
  if (gitDir.exitCode !== 0) {
    throw new AppError("project-unusable", `${mainPath} is no git repository. Run "git init" or clone it there.`);
  }
  return { ...project, name, mainPath, gitDir: gitDir.stdout.trim() };
}

/** The commit a job starts from. Throws "project-unusable" where the branch has none. */
export async function baseCommit(project: OpenProject, signal: AbortSignal): Promise<string> {
  const ref = `refs/heads/${project.main}^{commit}`;
  const tip = await tryGit(["rev-parse", "--verify", "--quiet", ref], { cwd: project.mainPath }, signal);
  if (tip.exitCode === 0) return tip.stdout.trim();
  throw new AppError(
    "project-unusable",
    `Project "${project.name}" has no commit on "${project.main}". Commit something there, or set "main" to its branch.`,
  );
}

/** Keeps a commit and its history from being collected while somebody borrows or may want them back. */
export async function keepCommit(
  project: OpenProject,
  ref: string,
  commit: string,
  signal: AbortSignal,
): Promise<void> {
  await git(["update-ref", "-m", "chargehand", ref, commit], { cwd: project.mainPath }, signal);
}

export async function forgetRef(project: OpenProject, ref: string, signal: AbortSignal): Promise<void> {
  await git(["update-ref", "-d", ref], { cwd: project.mainPath }, signal);
}

/** Refs of ours in the project's repository. Only `acceptedRef` is a branch that people see. */
export const refs = {
  base: (jobId: string) => `refs/chargehand/base/${jobId}`,
  accepted: (jobId: string) => `refs/heads/chargehand/accepted/${jobId}`,
  /** Work that was not merged, kept so that nobody loses it. */
  recovery: (jobId: string) => `refs/chargehand/recovery/${jobId}`,
} as const;
