import { access, constants, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config, Project } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import { tryGit } from "./git.ts";

/** One "project-unusable" for each project that no job could be run on here, by its name; it says what to mend. */
export async function checkProjects(
  { projects }: Pick<Config, "projects">,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AppError>> {
  const problems = new Map<string, AppError>();
  const examine = async ([name, project]: [string, Project]) => {
    const problem = await whyUnusable(name, project, signal);
    if (problem !== undefined) problems.set(name, problem);
  };
  await Promise.all(Object.entries(projects).map(examine));
  return problems;
}

/** Why no job could be run on a project, or nothing. */
export async function whyUnusable(name: string, project: Project, signal: AbortSignal): Promise<AppError | undefined> {
  const problem = await problemOf(project, signal);
  if (problem === undefined) return undefined;
  return new AppError("project-unusable", `Project ${name}: ${problem.what}`, { remedy: problem.remedy });
}

interface Problem {
  readonly what: string;
  readonly remedy: string;
}

async function problemOf({ baseDir, main }: Project, signal: AbortSignal): Promise<Problem | undefined> {
  const repository = join(baseDir, "main");
  if (!(await isDirectory(baseDir)))
    return problem(`the folder ${baseDir} does not exist.`, "Create it, or correct baseDir.");
  if (!(await isDirectory(repository)) && (await isDirectory(join(baseDir, ".git"))))
    return problem(`${baseDir} is the clone itself.`, `Move it to ${repository}: jobs work beside it.`);
  if (!(await isDirectory(repository)))
    return problem(`${baseDir} holds no main/.`, `Clone the repository to ${repository}.`);
  const ask = (...args: string[]) => tryGit(args, { cwd: repository }, signal);

  const top = await ask("rev-parse", "--path-format=absolute", "--git-common-dir", "--show-prefix");
  const [gitDir = "", prefix = ""] = top.stdout.split("\n");
  if (top.exitCode !== 0)
    return problem(`${repository} is not a git repository.`, 'Clone it there, or run "git init" in it.');
  if (prefix !== "") return problem(`${repository} lies inside another repository.`, "It must be one of its own.");
  for (const folder of [baseDir, gitDir]) {
    if (await isWritable(folder)) continue;
    return problem(`${folder} is not this user's to write.`, "Jobs work in it: change its owner with chown -R.");
  }

  if ((await ask("rev-parse", "--verify", "--quiet", `refs/heads/${main}^{commit}`)).exitCode === 0) return undefined;
  const branches = (await ask("for-each-ref", "--format=%(refname:short)", "refs/heads")).stdout.trim();
  if (branches === "") return problem(`${repository} has no commit yet.`, `Make the first one on the branch ${main}.`);
  return problem(
    `${repository} has no branch "${main}", but ${branches.split("\n").slice(0, 5).join(", ")}.`,
    "Set main to one of them in chargehand.yaml.",
  );
}

function problem(what: string, remedy: string): Problem {
  return { what, remedy };
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (it) => it.isDirectory(),
    () => false,
  );
}
