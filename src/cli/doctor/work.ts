import { checkEngine } from "../../agents/engines/preflight.ts";
import { engineFor } from "../../agents/engines/registry.ts";
import { requireAllowlist } from "../../bot/access.ts";
import { type Config, checksOf } from "../../core/config.ts";
import { checkProjects } from "../../platform/check-projects.ts";
import type { Environment, Variables } from "../../platform/environment.ts";
import { detectSandbox } from "../../platform/sandbox/detect.ts";
import { type DoctorRow, failed, failedBy, ok, warning } from "./row.ts";

/** One row for each project, or one that says that there is none. */
export async function projectRows(config: Config, signal: AbortSignal): Promise<DoctorRow[]> {
  const names = Object.keys(config.projects);
  if (names.length === 0) {
    return [failed("Projects", "there are none.", "Name one under projects in chargehand.yaml.")];
  }
  const rows = await Promise.all(
    Object.entries(config.projects).map(async ([name, project]) => {
      const row = `Project ${name}`;
      const [problem] = await checkProjects({ ...config, projects: { [name]: project } }, signal);
      const remedy = `Correct projects.${name} in chargehand.yaml.`;
      if (problem !== undefined) return failedBy(row, problem, { prefix: `${row}: `, remedy });
      const labels = checksOf(project).map(({ label }) => label);
      if (labels.length > 0) return ok(row, `${project.baseDir}, checked by ${labels.join(", ")}`);
      return warning(
        row,
        "declares no checks, so no change can be accepted.",
        `Add them under projects.${name}.checks.`,
      );
    }),
  );
  return rows.flat();
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

/** Engines that a role or a project names have to work; the others may wait until somebody wants them. */
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
  return Promise.all(
    Object.keys(engines).map(async (name) => {
      const row = `Engine ${name}`;
      const places = { searchPath: options.variables.PATH ?? "", folder: options.folder };
      const chosen = engineFor(name, config, { realEngines: true });
      const checked = await checkEngine(chosen, { ...places, environment: options.variables }, signal);
      if (checked.remedy === undefined) return ok(row, checked.version ?? "found");
      const detail = checked.found ? "is not ready." : "is not installed.";
      return (wanted.has(name) ? failed : warning)(row, detail, checked.remedy);
    }),
  );
}
