import { checkEngine } from "../../agents/engines/preflight.ts";
import { engineFor } from "../../agents/engines/registry.ts";
import { requireAllowlist } from "../../bot/access.ts";
import { type Config, checksOf, type Project } from "../../core/config.ts";
import type { AppError } from "../../core/error.ts";
import { homesAtWork, placeOf, type Roster } from "../../core/home.ts";
import { checkProjects } from "../../platform/check-projects.ts";
import type { Environment, Variables } from "../../platform/environment.ts";
import { detectSandbox } from "../../platform/sandbox/detect.ts";
import { type DoctorRow, failed, failedBy, ok, warning } from "./row.ts";

/** One row for each project, or one that says that there is none. */
export async function projectRows(config: Config, roster: Roster, signal: AbortSignal): Promise<DoctorRow[]> {
  const projects = Object.entries(config.projects);
  if (projects.length === 0) {
    return [failed("Projects", "there are none.", "Name one under projects in chargehand.yaml.")];
  }
  const problems = await checkProjects(config, signal);
  return projects.flatMap(([name, project]) => {
    const problem = problems.get(name);
    return problem === undefined ? projectRow(name, project, roster) : absentRows(name, problem, roster);
  });
}

function projectRow(name: string, project: Project, roster: Roster): DoctorRow {
  const row = `Project ${name}`;
  const labels = checksOf(project).map(({ label }) => label);
  if (labels.length === 0) {
    return warning(row, "declares no checks, so no change can be accepted.", `Add them under projects.${name}.checks.`);
  }
  if (homesAtWork(roster).length > 0 && homesAtWork(roster, name).length === 0) {
    return warning(row, "is served by no daemon at work.", "Start the daemon of this machine again: it finds it then.");
  }
  return ok(row, `${project.baseDir}, checked by ${labels.join(", ")}`);
}

/** Not on this machine: nothing is wrong as long as somebody serves it elsewhere. */
function absentRows(name: string, problem: AppError, roster: Roster): DoctorRow[] {
  const row = `Project ${name}`;
  const servers = homesAtWork(roster, name);
  if (servers.length > 0) return [ok(row, `not on this machine, served by ${servers.map(placeOf).join(", ")}`)];
  const remedy = `Correct projects.${name} in chargehand.yaml.`;
  return failedBy(row, problem, { prefix: `${row}: `, remedy });
}

/** Who may use the bot matters only where there is one. */
export function checkAccess(config: Config, { TELEGRAM_BOT_TOKEN }: Environment): DoctorRow[] {
  try {
    requireAllowlist(config);
  } catch (error) {
    if (TELEGRAM_BOT_TOKEN !== undefined) return failedBy("Access", error, { remedy: "Set TELEGRAM_ALLOWED_USERS." });
    return [ok("Access", "the terminal of this machine only")];
  }
  const counts = Object.entries(config.access).map(([role, ids]) => ({ role, count: ids.length }));
  return [ok("Access", counts.flatMap(({ role, count }) => (count === 0 ? [] : [`${count} ${role}`])).join(", "))];
}

/** Where nothing is meant to isolate what agents run, that is still worth a look. */
export async function checkSandbox({ sandbox }: Config): Promise<DoctorRow> {
  if (sandbox === "off") {
    return warning(
      "Sandbox",
      "is switched off: agents can change this machine.",
      "Remove sandbox: off, unless a container isolates it.",
    );
  }
  const { kind, reason, remedy } = await detectSandbox();
  return kind === "none" ? failed("Sandbox", reason, remedy) : ok("Sandbox", kind);
}

export interface EngineRowsOptions {
  readonly variables: Variables;
  readonly realEngines: boolean;
  /** What a relative command of the configuration is relative to. */
  readonly folder: string;
}

/** Engines that a role or a project names have to work, or else any; the others may wait until somebody wants them. */
export async function engineRows(
  config: Config,
  options: EngineRowsOptions,
  signal: AbortSignal,
): Promise<DoctorRow[]> {
  if (!options.realEngines) {
    return [
      warning("Engines", "simulated: they cost nothing and do nothing real.", "Set ENABLE_REAL_CLI=1 for real ones."),
    ];
  }
  const { roles, projects, engines } = config;
  const wanted = new Set([roles.engine, ...Object.values(projects).map(({ engine }) => engine)]);
  const places = { searchPath: options.variables.PATH ?? "", folder: options.folder };
  const checks = await Promise.all(
    Object.keys(engines).map(async (name) => {
      const chosen = engineFor(name, config, { realEngines: true });
      return { name, ...(await checkEngine(chosen, { ...places, environment: options.variables }, signal)) };
    }),
  );
  const noneIsReady = checks.every(({ remedy }) => remedy !== undefined);
  return checks.map(({ name, version, remedy }) => {
    const row = `Engine ${name}`;
    if (remedy === undefined) return ok(row, version ?? "found");
    return (wanted.has(name) || noneIsReady ? failed : warning)(row, "is not ready.", remedy);
  });
}
