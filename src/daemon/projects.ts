import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config, Project } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import { JobId } from "../core/task.ts";
import { whyUnusable } from "../platform/check-projects.ts";
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
  const gitDir = (await usualGitDir(mainPath)) ?? (await gitDirOf(mainPath, signal));
  if (gitDir === undefined) throw await unusable(name, project, signal);
  return { ...project, name, mainPath, gitDir };
}

/** The commit that the project's branch names now. Throws "project-unusable" where there is none. */
export async function mainTip(project: OpenProject, signal: AbortSignal): Promise<string> {
  const loose = await looseRef(project, `refs/heads/${project.main}`);
  if (loose !== undefined) return loose;
  const ref = `refs/heads/${project.main}^{commit}`;
  const tip = await tryGit(["rev-parse", "--verify", "--quiet", ref], { cwd: project.mainPath }, signal);
  if (tip.exitCode !== 0) throw await unusable(project.name, project, signal);
  return tip.stdout.trim();
}

/** A ref that moved of late is a file with a commit's name in it, and git reads that first: to see it takes no process. */
async function looseRef({ gitDir }: OpenProject, ref: string): Promise<string | undefined> {
  const text = await readFile(join(gitDir, ref), "utf8").catch(() => "");
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})\n$/.test(text) ? text.trim() : undefined;
}

/** Nearly every checkout holds its own git directory: to see that takes no process. */
async function usualGitDir(mainPath: string): Promise<string | undefined> {
  const gitDir = join(mainPath, ".git");
  const head = await lstat(join(gitDir, "HEAD")).catch(() => undefined);
  return head?.isFile() ? gitDir : undefined;
}

async function gitDirOf(mainPath: string, signal: AbortSignal): Promise<string | undefined> {
  const question = ["rev-parse", "--path-format=absolute", "--git-common-dir"];
  const answer = await tryGit(question, { cwd: mainPath }, signal).catch(() => undefined);
  signal.throwIfAborted();
  return answer?.exitCode === 0 ? answer.stdout.trim() : undefined;
}

async function unusable(name: string, project: Project, signal: AbortSignal): Promise<AppError> {
  const why = await whyUnusable(name, project, signal);
  return why ?? new AppError("project-unusable", `Project ${name} could not be opened just now. Try again.`);
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

/** The jobs whose base commit is kept: an ended job gives it back last of all. */
export async function pinnedJobs(project: OpenProject, signal: AbortSignal): Promise<JobId[]> {
  const prefix = refs.base("");
  const listing = await git(["for-each-ref", "--format=%(refname)", prefix], { cwd: project.mainPath }, signal);
  const names = listing.split("\n").map((ref) => ref.slice(prefix.length));
  return names.filter((name) => JobId.safeParse(name).success);
}

/** Refs of ours in the project's repository. Only `acceptedRef` is a branch that people see. */
export const refs = {
  base: (jobId: string) => `refs/chargehand/base/${jobId}`,
  accepted: (jobId: string) => `refs/heads/chargehand/accepted/${jobId}`,
  /** Work that was not merged, kept so that nobody loses it. */
  recovery: (jobId: string) => `refs/chargehand/recovery/${jobId}`,
} as const;
