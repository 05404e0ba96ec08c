import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { Config, Project } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import { nearest } from "../core/nearest.ts";
import { detectChecks } from "./detect-checks.ts";
import type { Environment } from "./environment.ts";
import { formatPath, readWritten, type WrittenIssue } from "./schema-issues.ts";

/** The configuration that is in force: the file's, then what the environment overrides. */
export function loadConfig(environment: Environment, directory = process.cwd()): Config {
  const path = findConfigFile(environment, directory);
  const written = path === undefined ? emptyConfig(environment) : readConfigFile(path);
  const config = withEngines(withEnvironment(written, environment));
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
  throw new AppError(
    "bad-config",
    "There is no configuration. Copy chargehand.example.yaml to chargehand.yaml and name your project there, or set ORCHESTRATOR_BASE_DIR to the folder that holds its main/.",
  );
}

function readConfigFile(path: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw badConfig(document.errors.map((error) => `${path}:${lines.linePos(error.pos[0]).line}: ${error.message}.`));
  }
  const result = readWritten(Config, document.toJS());
  if (result.ok) return result.value;
  throw badConfig(result.issues.map((issue) => `${path}${lineOf(issue, document, lines)}: ${describe(issue)}`));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new AppError("bad-config", `${path} cannot be read. Create it, or correct CHARGEHAND_CONFIG.`, { cause });
  }
}

function describe({ path, sentence }: WrittenIssue): string {
  return path.length === 0 ? `The file is empty or holds no settings.` : `${formatPath(path)}: ${sentence}.`;
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
    ...(ORCHESTRATOR_BASE_DIR !== undefined && { projects: onlyProject(config, resolve(ORCHESTRATOR_BASE_DIR)) }),
  };
}

/** The project in this folder alone: as the file describes it, or else as its own files do. */
function onlyProject({ projects }: Config, baseDir: string): Record<string, Project> {
  const described = Object.entries(projects).filter(([, project]) => resolve(project.baseDir) === baseDir);
  if (described.length > 0) return Object.fromEntries(described);
  const name =
    basename(baseDir)
      .replace(/[^A-Za-z0-9._-]/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "") || "project";
  const project = Project.parse({ baseDir, ...detectChecks(join(baseDir, "main")) });
  return { [name.slice(0, 64)]: project };
}

/** Where no engine is configured, the three that need no configuration are there under their own names. */
function withEngines(config: Config): Config {
  if (Object.keys(config.engines).length > 0) return config;
  const kinds = ["codex", "claude", "opencode"] as const;
  return { ...config, engines: Config.shape.engines.parse(Object.fromEntries(kinds.map((kind) => [kind, { kind }]))) };
}

/** A name that points at an engine must be the name of one. */
function checkReferences({ engines, projects, roles }: Config, source: string): void {
  const references = [
    { path: "roles.engine", name: roles.engine },
    ...Object.entries(projects).map(([project, { engine }]) => ({ path: `projects.${project}.engine`, name: engine })),
  ];
  const known = Object.keys(engines);
  const dangling = references.flatMap(({ path, name }) => {
    if (name === undefined || known.includes(name)) return [];
    const meant = nearest(name, known);
    const remedy = meant === undefined ? `There are ${known.join(", ")}.` : `Did you mean "${meant}"?`;
    return [`${source}: ${path}: there is no engine "${name}". ${remedy}`];
  });
  if (dangling.length > 0) throw badConfig(dangling);
}

function badConfig(lines: readonly string[]): AppError {
  return new AppError("bad-config", lines.join("\n"));
}
