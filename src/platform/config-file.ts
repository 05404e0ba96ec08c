import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Document, isNode, LineCounter, parseDocument, visit } from "yaml";
import { Config, Project } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import { nearest } from "../core/nearest.ts";
import { detectBranch } from "./detect-branch.ts";
import { detectChecks } from "./detect-checks.ts";
import { dotEnvIn, type Environment } from "./environment.ts";
import { cronFlaws } from "./next-time.ts";
import { formatPath, readWritten, type WrittenIssue } from "./schema-issues.ts";
import { refuseHomeInProject, refuseInProject } from "./trusted-place.ts";

/**
 * The configuration that is in force: the file's, then what the environment overrides. Throws "bad-config", also where
 * the file, the `.env` beside it or the home lies in a project's folder.
 */
export function loadConfig(environment: Environment, directory = process.cwd()): Config {
  const path = findConfigFile(environment, directory);
  if (path !== undefined) refuseInProject(path);
  const written = path === undefined ? emptyConfig(environment) : readConfigFile(path);
  const config = withEngines(withEnvironment(written, environment));
  const baseDirs = Object.values({ ...written.projects, ...config.projects }).map(({ baseDir }) => baseDir);
  for (const source of [path ?? [], dotEnvIn(directory)].flat()) refuseInProject(source, baseDirs);
  refuseHomeInProject(environment.CHARGEHAND_HOME, baseDirs);
  checkReferences(config, path ?? "The environment");
  return config;
}

/** `CHARGEHAND_CONFIG`, or the first `chargehand.yaml` of the working directory and `CHARGEHAND_HOME`. */
export function findConfigFile(environment: Environment, directory = process.cwd()): string | undefined {
  const { CHARGEHAND_CONFIG, CHARGEHAND_HOME } = environment;
  if (CHARGEHAND_CONFIG !== undefined) return resolve(directory, CHARGEHAND_CONFIG);
  return [directory, CHARGEHAND_HOME].map((folder) => join(folder, "chargehand.yaml")).find(existsSync);
}

function emptyConfig({ ORCHESTRATOR_BASE_DIR }: Environment): Config {
  if (ORCHESTRATOR_BASE_DIR !== undefined) return Config.parse({ projects: {} });
  throw new AppError("bad-config", "There is no configuration.", {
    remedy:
      "Copy chargehand.example.yaml to chargehand.yaml and name your project there, or set ORCHESTRATOR_BASE_DIR to the folder that holds its main/.",
  });
}

function readConfigFile(path: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, prettyErrors: false });
  const flaws = flawsOfYaml(document);
  if (flaws.length > 0) {
    throw badConfig(flaws.map(({ at, words }) => `${path}:${lines.linePos(at).line}: ${words}.`));
  }
  const result = readWritten(Config, document.toJS());
  if (result.ok) return result.value;
  throw badConfig(result.issues.map((issue) => `${path}${lineOf(issue, document, lines)}: ${describe(issue)}`));
}

/** What is no YAML, or not the YAML that was meant: a pattern without quotes is a reference to something of that name. */
function flawsOfYaml(document: Document): { at: number; words: string }[] {
  const unquoted = (pattern: string) => `${pattern} begins with a star, so it must stand in quotes`;
  if (document.errors.length > 0) {
    return document.errors.map(({ code, pos, message }) => ({
      at: pos[0],
      words: code === "BAD_ALIAS" ? unquoted("*") : message,
    }));
  }
  const loose: { at: number; words: string }[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      loose.push({ at: alias.range?.[0] ?? 0, words: unquoted(`*${alias.source}`) });
    },
  });
  return loose;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const remedy = "Create it, or correct CHARGEHAND_CONFIG.";
    throw new AppError("bad-config", `${path} cannot be read.`, { remedy, cause });
  }
}

function describe({ path, sentence }: WrittenIssue): string {
  if (path.length === 0) return "The file is empty or holds no settings.";
  return `${formatPath(path)}: ${sentence}`.replace(/[.?]?$/, (end) => end || ".");
}

/** The line of the setting itself or, where it is missing, of the innermost group that should hold it. */
function lineOf({ path }: WrittenIssue, document: Document, lines: LineCounter): string {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return `:${lines.linePos(node.range[0]).line}`;
  }
  return "";
}

function withEnvironment(config: Config, environment: Environment): Config {
  const { TELEGRAM_ALLOWED_USERS, ORCHESTRATOR_MODEL, ORCHESTRATOR_BASE_DIR } = environment;
  const owners = [...new Set([...config.access.owners, ...TELEGRAM_ALLOWED_USERS])];
  return {
    ...config,
    access: { ...config.access, owners },
    roles: { ...config.roles, ...(ORCHESTRATOR_MODEL !== undefined && { orchestrator: ORCHESTRATOR_MODEL }) },
    ...(ORCHESTRATOR_BASE_DIR !== undefined && onlyProject(config, resolve(ORCHESTRATOR_BASE_DIR))),
  };
}

/** The project in this folder alone, with what brings tasks to it. */
function onlyProject(config: Config, baseDir: string): Pick<Config, "projects" | "trackers" | "schedules"> {
  const projects = projectIn(config, baseDir);
  const isItsOwn = ([, { project }]: [string, { project: string }]) => Object.hasOwn(projects, project);
  const trackers = Object.fromEntries(Object.entries(config.trackers).filter(isItsOwn));
  const schedules = Object.fromEntries(Object.entries(config.schedules).filter(isItsOwn));
  return { projects, trackers, schedules };
}

/** As the file describes it, or else as its own files do. */
function projectIn({ projects }: Config, baseDir: string): Record<string, Project> {
  const described = Object.entries(projects).filter(([, project]) => resolve(project.baseDir) === baseDir);
  if (described.length > 0) return Object.fromEntries(described);
  const name =
    basename(baseDir)
      .replace(/[^A-Za-z0-9._-]/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "") || "project";
  const repository = join(baseDir, "main");
  const project = Project.parse({ baseDir, main: detectBranch(repository), ...detectChecks(repository) });
  return { [name.slice(0, 64)]: project };
}

/** Where no engine is configured, the three that need no configuration are there under their own names. */
function withEngines(config: Config): Config {
  if (Object.keys(config.engines).length > 0) return config;
  const kinds = ["codex", "claude", "opencode"] as const;
  return { ...config, engines: Config.shape.engines.parse(Object.fromEntries(kinds.map((kind) => [kind, { kind }]))) };
}

/** A name that points at an engine or a project must be the name of one. */
function checkReferences({ engines, projects, roles, trackers, schedules }: Config, source: string): void {
  const toEngines = [
    { path: "roles.engine", name: roles.engine },
    ...Object.entries(projects).map(([project, { engine }]) => ({ path: `projects.${project}.engine`, name: engine })),
  ];
  const toProjects = Object.entries({ trackers, schedules }).flatMap(([group, named]) =>
    Object.entries(named).map(([name, { project }]) => ({ path: `${group}.${name}.project`, name: project })),
  );
  const wrong = [
    ...toEngines.flatMap((reference) => dangling(reference, "engine", Object.keys(engines))),
    ...toProjects.flatMap((reference) => dangling(reference, "project", Object.keys(projects))),
    ...Object.entries(engines).flatMap(([engine, { env }]) =>
      Object.entries(trackers)
        .filter(([, { token }]) => env.includes(token))
        .map(
          ([tracker, { token }]) =>
            `engines.${engine}.env: ${token} is the token of tracker "${tracker}", which no engine may see. Take it out.`,
        ),
    ),
    ...cronFlaws(schedules),
  ];
  if (wrong.length > 0) throw badConfig(wrong.map((line) => `${source}: ${line}`));
}

function dangling({ path, name }: { path: string; name: string | undefined }, what: string, known: readonly string[]) {
  if (name === undefined || known.includes(name)) return [];
  const meant = nearest(name, known);
  const remedy = meant === undefined ? `There are ${known.join(", ")}.` : `Did you mean "${meant}"?`;
  return [`${path}: there is no ${what} "${name}". ${remedy}`];
}

function badConfig(lines: readonly string[]): AppError {
  return new AppError("bad-config", lines.join("\n"));
}
