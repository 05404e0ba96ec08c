import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError } from "../core/error.ts";
import type { Defect } from "../platform/evidence/defect.ts";
import { type Verification, verifyBundle } from "../platform/evidence/verify-bundle.ts";
import { tryGit } from "../platform/git.ts";
import type { CommandContext } from "./command-line.ts";
import type { DocumentOf } from "./documents.ts";
import { exitCodes } from "./exit-code.ts";
import { printable } from "./printable.ts";
import { readSettings } from "./session.ts";

export interface VerifyOptions {
  readonly json?: boolean;
  readonly repository?: string;
}

/** Checks the evidence of a job with its files alone: no daemon, no Redis, no network. */
export async function verify(context: CommandContext, typed: string, options: VerifyOptions): Promise<number> {
  const { terminal, cwd } = context;
  const directory = await findBundle(context, typed);
  const repository = options.repository && resolve(cwd, options.repository);
  const signal = AbortSignal.timeout(60_000);
  if (repository && !(await isRepository(repository, signal))) {
    throw new AppError("not-found", `There is no git repository at ${printable(options.repository ?? "")}.`);
  }
  const verification = await verifyBundle(directory, { repository }, signal);
  const sound = verification.defects.length === 0;
  if (options.json) terminal.document({ sound, directory, ...verification } satisfies DocumentOf<"verify">);
  else terminal.result((sound ? soundWords(verification) : unsoundWords(verification)).join("\n"));
  return sound ? exitCodes.ok : exitCodes.unsuccessful;
}

/** A folder, or the job whose id is, or begins with, what was typed. */
async function findBundle(context: CommandContext, typed: string): Promise<string> {
  const folder = resolve(context.cwd, typed);
  if (await isFolder(folder)) return folder;
  const jobs = join(readSettings(context).environment.CHARGEHAND_HOME, "jobs");
  const wanted = typed.trim().toLowerCase();
  const names = (await readdir(jobs).catch(() => [])).filter((name) => wanted !== "" && name.startsWith(wanted));
  const [name, second] = names.includes(wanted) ? [wanted] : names;
  if (second !== undefined) throw new AppError("not-found", `Several jobs begin with "${printable(typed)}".`);
  if (name !== undefined) return join(jobs, name);
  throw new AppError("not-found", `"${printable(typed)}" is neither a folder nor a job of this machine.`);
}

function soundWords({ jobId, status, entries, files, seal = "", repository }: Verification): string[] {
  return [
    `✓ The evidence of job ${jobId} (${status}) is sound.`,
    `  ${files} files are as they were sealed; the ledger's ${entries} lines follow one another; state and result follow from them.`,
    repository
      ? "  The repository holds the accepted commit with that tree, and the patch is the difference to its base."
      : "  No repository was asked: --repository <path> compares with git too.",
    `  seal ${seal}`,
  ];
}

function unsoundWords({ jobId = "unknown", defects }: Verification): string[] {
  return [`✗ The evidence of job ${printable(jobId)} is not sound:`, ...defects.map(defectWords)];
}

function defectWords({ file, line, sentence }: Defect): string {
  return `  ${printable(file)}${line === undefined ? "" : `:${line}`}: ${printable(sentence)}`;
}

async function isRepository(path: string, signal: AbortSignal): Promise<boolean> {
  return (await isFolder(path)) && (await tryGit(["rev-parse", "--git-dir"], { cwd: path }, signal)).exitCode === 0;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
