import { join } from "node:path";
import { checksOf } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import { homesAtWork, placeOf, type Roster } from "../core/home.ts";
import { loadConfig } from "../platform/config-file.ts";
import type { CommandContext } from "./command-line.ts";
import type { DocumentOf, ProjectRow } from "./documents.ts";
import { exitCodes } from "./exit-code.ts";
import type { LookOptions } from "./look.ts";
import { openSession, readSettings } from "./session.ts";

/** The repositories that may be worked on, how work on them is proven, and who is at work on them. */
export async function projects(context: CommandContext, { json }: LookOptions): Promise<number> {
  const { environment, directory } = readSettings(context);
  const { projects: configured } = loadConfig(environment, directory);
  const roster = await rosterNow(context);
  const rows: ProjectRow[] = Object.entries(configured).map(([name, project]) => ({
    name,
    path: join(project.baseDir, "main"),
    branch: project.main,
    checks: checksOf(project),
    daemons: roster && homesAtWork(roster, name).map(({ id, host, path }) => ({ id, host, path })),
  }));
  if (json) context.terminal.document(rows satisfies DocumentOf<"projects">);
  else if (rows.length === 0) context.terminal.note("There is no project. Name one under projects in chargehand.yaml.");
  else for (const row of rows) context.terminal.result(projectWords(row));
  return exitCodes.ok;
}

/** Who is at work; null while Redis is away, which is no reason not to tell what is configured. */
async function rosterNow(context: CommandContext): Promise<Roster | null> {
  try {
    await using session = await openSession(context);
    return await session.desk.roster();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "redis-unavailable") throw error;
    context.terminal.note(`chargehand: ${error.message} Until then nobody knows which daemons are at work.`);
    return null;
  }
}

function projectWords({ name, path, branch, checks, daemons }: ProjectRow): string {
  const proofs =
    checks.length === 0
      ? ["  no checks: nothing can be proven here"]
      : checks.map(({ label, cmd }) => `  ${label}: ${cmd}`);
  return [`${name}  ${path} (${branch})`, ...serverWords(daemons), ...proofs].join("\n");
}

function serverWords(daemons: ProjectRow["daemons"]): string[] {
  if (daemons === null) return [];
  return daemons.length === 0 ? ["  served by no daemon at work"] : [`  served by ${daemons.map(placeOf).join(", ")}`];
}
