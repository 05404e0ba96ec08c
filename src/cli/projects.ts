import { join } from "node:path";
import { checksOf } from "../core/config.ts";
import type { DeclaredCheck } from "../core/declared-check.ts";
import { loadConfig } from "../platform/config-file.ts";
import type { CommandContext } from "./command-line.ts";
import { exitCodes } from "./exit-code.ts";
import type { LookOptions } from "./look.ts";
import { readSettings } from "./session.ts";

/** The repositories that may be worked on, and how work on them is proven. */
export async function projects(context: CommandContext, { json }: LookOptions): Promise<number> {
  const { environment, directory } = readSettings(context);
  const { projects: configured } = loadConfig(environment, directory);
  const rows: ProjectRow[] = Object.entries(configured).map(([name, project]) => ({
    name,
    path: join(project.baseDir, "main"),
    branch: project.main,
    checks: checksOf(project),
  }));
  if (json) context.terminal.document(rows);
  else for (const row of rows) context.terminal.result(projectWords(row));
  return exitCodes.ok;
}

interface ProjectRow {
  readonly name: string;
  readonly path: string;
  readonly branch: string;
  readonly checks: readonly DeclaredCheck[];
}

function projectWords({ name, path, branch, checks }: ProjectRow): string {
  const proofs =
    checks.length === 0
      ? ["  no checks: nothing can be proven here"]
      : checks.map(({ label, cmd }) => `  ${label}: ${cmd}`);
  return [`${name}  ${path} (${branch})`, ...proofs].join("\n");
}
