import type { Config } from "../core/config.ts";
import type { Roster } from "../core/home.ts";
import { findConfigFile, loadConfig } from "../platform/config-file.ts";
import { type Environment, examineEnvironment, readVariables, type Variables } from "../platform/environment.ts";
import { readHomeId } from "../platform/home-id.ts";
import type { CommandContext } from "./command-line.ts";
import { daemonRows, outdatedRows } from "./doctor/daemons.ts";
import { httpRows } from "./doctor/http.ts";
import { checkDisk, checkFind, checkGit, checkHome, checkNode } from "./doctor/machine.ts";
import { orderRows } from "./doctor/orders.ts";
import { type DoctorRow, failed, failedBy, ok } from "./doctor/row.ts";
import { checkModel, checkRedis } from "./doctor/services.ts";
import { checkTelegram } from "./doctor/telegram.ts";
import { trackerRows } from "./doctor/trackers.ts";
import { checkAccess, checkSandbox, engineRows, projectRows } from "./doctor/work.ts";
import type { DocumentOf } from "./documents.ts";
import { exitCodes } from "./exit-code.ts";

/** Looks at everything Chargehand stands on; each row that is not well says what to do. */
export async function doctor(
  { terminal, environment, cwd }: CommandContext,
  { json }: { json?: boolean },
): Promise<number> {
  const rows = await runDoctor(environment, cwd, AbortSignal.timeout(60_000));
  const isWell = rows.every(({ state }) => state !== "failed");
  if (json) terminal.document({ ok: isWell, rows } satisfies DocumentOf<"doctor">);
  else terminal.result(renderRows(rows));
  return isWell ? exitCodes.ok : exitCodes.unsuccessful;
}

export async function runDoctor(given: Variables, directory: string, signal: AbortSignal): Promise<DoctorRow[]> {
  const machine = [checkNode(), await checkGit(signal), await checkFind(signal)];
  const { variables, rows } = variablesOf(given, directory);
  const { environment, flaws } = examineEnvironment(variables);
  const wrong = flaws.map(({ name, sentence }) =>
    failed("Environment", `${name} cannot be used.`, remedyFor(sentence)),
  );
  return [...machine, ...rows, ...wrong, ...(await installationRows({ variables, environment, directory }, signal))];
}

/** Without a `.env` that cannot be read there are still the variables that were given. */
function variablesOf(given: Variables, directory: string): { variables: Variables; rows: DoctorRow[] } {
  try {
    return { variables: readVariables(given, directory), rows: [] };
  } catch (error) {
    const rows = failedBy("Environment", error, { remedy: "Correct .env, or remove it." });
    return { variables: given, rows };
  }
}

/** "write 1 or 0" and "must be one of debug, info" as what to do. */
function remedyFor(sentence: string): string {
  const words = /^(is|must)\b/.test(sentence)
    ? `It ${sentence}`
    : sentence.replace(/^./, (first) => first.toUpperCase());
  return `${words}.`;
}

interface Installation {
  readonly variables: Variables;
  readonly environment: Environment;
  readonly directory: string;
}

async function installationRows(installation: Installation, signal: AbortSignal): Promise<DoctorRow[]> {
  const { environment } = installation;
  const home = await checkHome(environment.CHARGEHAND_HOME);
  const [disk, { rows, roster }, telegram] = await Promise.all([
    checkDisk(environment.CHARGEHAND_HOME),
    checkRedis(environment, signal),
    checkTelegram(environment, signal),
  ]);
  const services = [...rows, ...daemonRows(roster, environment.TELEGRAM_BOT_TOKEN !== undefined), telegram];
  return [home, disk, ...services, ...(await configurationRows(installation, roster ?? [], signal))];
}

async function configurationRows(
  installation: Installation,
  roster: Roster,
  signal: AbortSignal,
): Promise<DoctorRow[]> {
  const { variables, environment, directory } = installation;
  let config: Config;
  try {
    config = loadConfig(environment, directory);
  } catch (error) {
    return failedBy("Configuration", error, {
      remedy: "Correct it there; chargehand.example.yaml shows every setting.",
    });
  }
  return [
    ok("Configuration", findConfigFile(environment, directory) ?? "from the environment"),
    ...outdatedRows(config, roster, await readHomeId(environment.CHARGEHAND_HOME)),
    ...checkAccess(config, environment),
    checkModel(config, environment),
    await checkSandbox(config),
    ...httpRows(config, environment),
    ...(await projectRows(config, roster, signal)),
    ...(await engineRows(config, { variables, realEngines: environment.ENABLE_REAL_CLI, folder: directory }, signal)),
    ...(await trackerRows(config, variables, signal)),
    ...orderRows(config, environment, directory),
  ];
}

const marks = { ok: "✓", warning: "!", failed: "✗" } as const;

export function renderRows(rows: readonly DoctorRow[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const margin = `\n${" ".repeat(width + 4)}`;
  return rows
    .map((row) => {
      const line = `${marks[row.state]} ${row.name.padEnd(width)}  ${row.detail.replaceAll("\n", margin)}`;
      return row.state === "ok" || row.remedy === ""
        ? line
        : `${line}${margin}→ ${row.remedy.replaceAll("\n", margin)}`;
    })
    .join("\n");
}
