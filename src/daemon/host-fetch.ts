import { findProgram } from "../platform/find-program.ts";
import { git, tryGit } from "../platform/git.ts";
import { runProcess } from "../platform/process.ts";
import type { OpenProject } from "./projects.ts";
import type { Workspace } from "./workspace.ts";

/** The git subcommands that need a remote. No child ever holds one, so the daemon goes there in its place. */
export function needsRemote(argv: readonly string[]): boolean {
  return argv[0] === "git" && ["fetch", "pull", "ls-remote"].includes(argv[1] ?? "");
}

export interface Fetched {
  readonly ok: boolean;
  readonly text: string;
}

const fetchTimeoutMs = 5 * 60_000;

/**
 * Fetches the project's main branch from its `origin` with the host's own credentials, and lets `origin/<main>` of the
 * job follow. It is done in the project's repository, by us: what the job asked for beyond that is not done.
 */
export async function fetchForJob(
  {
    project,
    workspace,
    variables,
  }: { project: OpenProject; workspace: Workspace; variables: Readonly<Record<string, string | undefined>> },
  signal: AbortSignal,
): Promise<Fetched> {
  const remote = await tryGit(["config", "--get", "remote.origin.url"], { cwd: project.mainPath }, signal);
  if (remote.exitCode !== 0)
    return { ok: false, text: `The project has no remote called origin; ${project.main} is all there is.` };
  const program = findProgram(["git"]);
  if (program === undefined) return { ok: false, text: "git is not installed on this machine." };

  const tracking = `refs/remotes/origin/${project.main}`;
  const options = [
    "-c",
    "core.hooksPath=/dev/null",
    "fetch",
    "--no-tags",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
  ];
  const result = await runProcess(
    {
      argv: [program, ...options, "origin", `+refs/heads/${project.main}:${tracking}`],
      cwd: project.mainPath,
      env: hostEnvironment(variables),
      timeoutMs: fetchTimeoutMs,
      output: { headBytes: 2_000, tailBytes: 4_000 },
    },
    signal,
  );
  signal.throwIfAborted();
  if (result.ended !== "exited" || result.exitCode !== 0) {
    return {
      ok: false,
      text: `Fetching origin/${project.main} failed. ${result.stderr.text.trim().split("\n").at(-1) ?? ""}`.trim(),
    };
  }
  const tip = (await git(["rev-parse", "--verify", tracking], { cwd: project.mainPath }, signal)).trim();
  await git(["update-ref", tracking, tip], { cwd: project.baseDir, gitDir: workspace.files.repository }, signal);
  return {
    ok: true,
    text: `Fetched by Chargehand in the project's repository. origin/${project.main} is now ${tip.slice(0, 12)}.`,
  };
}

/** What a person's own git would find: their configuration, their keys, their agent. Nothing of ours. */
function hostEnvironment(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = [
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "SSH_AUTH_SOCK",
    "XDG_CONFIG_HOME",
    "GIT_SSH_COMMAND",
    "HTTPS_PROXY",
    "NO_PROXY",
  ];
  const passed = names.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]] as const]));
  return { ...Object.fromEntries(passed), GIT_TERMINAL_PROMPT: "0" };
}
