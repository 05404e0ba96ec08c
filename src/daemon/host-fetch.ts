import type { Execution } from "../agents/gate.ts";
import type { Argv } from "../core/command.ts";
import { findSubcommand, withoutGlobals } from "../core/policy/git.ts";
import { allOperands, has, readOptions } from "../core/policy/options.ts";
import { searchPath } from "../platform/child-environment.ts";
import { findProgram } from "../platform/find-program.ts";
import { git, tryGit } from "../platform/git.ts";
import { type ProcessResult, runProcess } from "../platform/process.ts";
import { visibleText } from "../platform/visible-text.ts";
import type { OpenProject } from "./projects.ts";

/** What a job wants of the project's `origin`. No child ever holds a remote, so the daemon goes there in its place. */
export interface RemoteOrder {
  readonly verb: "fetch" | "pull" | "ls-remote";
  readonly refs: readonly string[];
  /** Which refs `ls-remote` is to list. */
  readonly filters: readonly string[];
}

/** Nothing for a command that needs no remote. */
export function readRemoteOrder([program, ...words]: readonly string[]): RemoteOrder | undefined {
  const found = program === "git" ? findSubcommand(withoutGlobals(words)) : undefined;
  const verb = verbs.find((name) => name === found?.name);
  if (found === undefined || verb === undefined) return undefined;
  const args = readOptions(found.subcommand.options, found.words);
  if ("problem" in args) return { verb, refs: found.words, filters: [] };
  const [, ...refs] = allOperands(args);
  return { verb, refs, filters: ["--heads", "--tags", "--refs"].filter((name) => has(args, name)) };
}

const verbs = ["fetch", "pull", "ls-remote"] as const;

export interface RemoteDeps {
  readonly project: OpenProject;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly redact: (text: string) => string;
  /** Runs git in the job's worktree, as a command of the job: in its sandbox, and not by us. */
  readonly runInJob: (argv: Argv) => Promise<Execution>;
}

/**
 * Asks `origin` in the project's own repository, with the host's credentials. What was fetched reaches the job by a
 * child in its sandbox: the job's repository belongs to its agents, who may have put a link where a ref would be
 * written, and a git of ours that opened it would write where they like.
 */
export async function askOrigin(deps: RemoteDeps, order: RemoteOrder, signal: AbortSignal): Promise<Execution> {
  const { project } = deps;
  const remote = await tryGit(["config", "--get", "remote.origin.url"], { cwd: project.mainPath }, signal);
  if (remote.exitCode !== 0)
    return refusal(`The project has no remote called origin; ${project.main} is all there is.`);
  if (order.verb === "ls-remote") return listRemote(deps, order, signal);
  const foreign = order.refs.find((ref) => ref.replace(/^refs\/heads\//, "") !== project.main);
  if (foreign !== undefined)
    return refusal(`Nothing was fetched: a job gets ${project.main} of origin and nothing else, not ${foreign}.`);
  return bringMain(deps, order, signal);
}

async function listRemote(deps: RemoteDeps, { refs, filters }: RemoteOrder, signal: AbortSignal): Promise<Execution> {
  const result = await hostGit(deps, ["ls-remote", "--quiet", ...filters, "origin", ...refs], signal);
  if (!isWell(result)) return failure(deps, "Asking origin failed.", result);
  const listing = show(deps, result.stdout.text);
  return { ...measured(result), ok: true, text: listing === "" ? "origin has no such ref." : listing };
}

async function bringMain(deps: RemoteDeps, { verb }: RemoteOrder, signal: AbortSignal): Promise<Execution> {
  const { project, runInJob } = deps;
  const name = `origin/${project.main}`;
  const tracking = `refs/remotes/${name}`;
  const result = await hostGit(deps, [...fetchWords, `+refs/heads/${project.main}:${tracking}`], signal);
  if (!isWell(result)) return failure(deps, `Fetching ${name} failed.`, result);

  const tip = (await git(["rev-parse", "--verify", tracking], { cwd: project.mainPath }, signal)).trim();
  const followed = await runInJob(["git", "update-ref", "--no-deref", tracking, tip]);
  if (!followed.ok)
    return { ...followed, text: `${name} is ${tip}, but this job could not take it.\n${followed.text}` };
  const text = `Fetched by Chargehand in the project's repository. ${name} is now ${tip}; nothing else was fetched.`;
  if (verb === "fetch") return { ...measured(result), ok: true, text };
  const merged = await runInJob(["git", "merge", "--ff-only", tracking]);
  return { ...merged, text: `${text}\n${merged.text}` };
}

const fetchWords = [
  ...["fetch", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance", "--no-write-fetch-head"],
  "origin",
];

const timeoutMs = 5 * 60_000;

/** git as the person would start it in `main/`, without hooks and without asking anybody anything. */
async function hostGit(
  { project, variables }: RemoteDeps,
  words: readonly string[],
  signal: AbortSignal,
): Promise<ProcessResult> {
  const result = await runProcess(
    {
      argv: [findProgram(["git"]) ?? "git", "-c", "core.hooksPath=/dev/null", ...words],
      cwd: project.mainPath,
      env: hostEnvironment(variables),
      timeoutMs,
      output: { headBytes: 6_000, tailBytes: 4_000 },
    },
    signal,
  );
  signal.throwIfAborted();
  return result;
}

/** What the person's own git would find: their configuration, their keys, their agent. Nothing of ours. */
function hostEnvironment(variables: RemoteDeps["variables"]): Record<string, string> {
  const passed = hostVariables.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]]));
  return { ...Object.fromEntries(passed), PATH: searchPath(variables.PATH), GIT_TERMINAL_PROMPT: "0" };
}

const hostVariables = [
  ...["HOME", "USER", "LOGNAME", "LANG", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"],
  ...["SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "GIT_CONFIG_GLOBAL", "GIT_SSL_CAINFO", "SSL_CERT_FILE"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"],
];

function isWell({ ended, exitCode }: ProcessResult): boolean {
  return ended === "exited" && exitCode === 0;
}

function failure(deps: RemoteDeps, sentence: string, result: ProcessResult): Execution {
  const words = show(deps, result.reason ?? result.stderr.text);
  return { ...measured(result), ok: false, text: `${sentence}\n${words}`.trim(), detail: sentence };
}

/** What a server says is material like any other, and an address may hold a name and a token. */
function show({ redact }: RemoteDeps, text: string): string {
  return redact(visibleText(text).replace(/(:\/\/)[^\s/@]+@/g, "$1")).trim();
}

function measured({ ended, exitCode, durationMs, bytes }: ProcessResult) {
  return { ended, exitCode, durationMs, bytes };
}

function refusal(text: string): Execution {
  return { ok: false, text, detail: text, ended: "not_started", exitCode: null, durationMs: 0, bytes: 0 };
}
