import picomatch from "picomatch";
import { parseCommand } from "../core/command.ts";
import { checksOf, type Project } from "../core/config.ts";
import {
  changedScripts,
  keysMatching,
  linesMatching,
  packagePart,
  type ReadPart,
} from "../core/configuration-parts.ts";
import type { PlannedCheck } from "../core/declared-check.ts";
import { runnerModules } from "./runner-modules.ts";
import { shownPath } from "./worktree-files.ts";

/** A changed file with its text before and after; absent where it did not or does not exist. */
export interface FileChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A project, with the checks that the order brings along. */
export interface Rules extends Project {
  readonly ordered?: readonly PlannedCheck[];
}

interface Row {
  readonly files: readonly string[];
  /** Where only a part of the file counts. */
  readonly part?: ReadPart;
  /** Counts in a new folder, too: it is about the files there. */
  readonly reachesDown?: boolean;
  /** Counts only when one of the checks runs such a program. */
  readonly usedBy?: RegExp;
  /** Counts only when it is new: changes of an old one are run as they were. */
  readonly onlyNew?: boolean;
  /** Counts only at the top of the repository, from where checks are started. */
  readonly atTop?: boolean;
}

/**
 * The files that decide how checks run, at any depth. A job that changes one could make every check pass without doing
 * its work, so such a change needs the operator's word (`checkConfig: allow`, or `scope.allowCheckConfig`).
 */
const table: readonly Row[] = [
  {
    files: [
      "{vitest,vite,jest,ava,karma,playwright,cypress,babel,metro,tap}.{config,workspace,conf}.*",
      "vitest.workspace.*",
    ],
  },
  {
    files: [
      "{jest,vitest,mocha,test}.setup.*",
      "setupTests.*",
      "setup-jest.*",
      ".mocharc*",
      ".taprc",
      ".nycrc*",
      ".c8rc*",
    ],
  },
  {
    files: [
      ".babelrc*",
      ".swcrc",
      "bunfig.toml",
      "deno.json{,c}",
      "node.config.json",
      "nx.json",
      "turbo.json",
      "tsconfig*.json",
      "jsconfig*.json",
    ],
  },
  { files: ["biome.json{,c}", "eslint.config.*", ".eslintrc*", ".eslintignore", ".oxlintrc*", "prettier.config.*"] },
  { files: [".prettierrc*", ".prettierignore", ".stylelintrc*", "stylelint.config.*", "tslint.json", "dprint.json"] },
  { files: [".npmrc", ".yarnrc*", ".pnp.*", ".pnpmfile.*", ".node-version", ".nvmrc", ".tool-versions", "mise.toml"] },
  { files: ["package.json"], part: packagePart },
  {
    files: [".env", ".env.*"],
    part: linesMatching(
      /^\s*(?:export\s+)?(?:NODE_|NPM_|npm_|PYTHON|PYTEST|RUST|CARGO|GO|LD_|CI\b|PATH\b|JEST|VITEST)/,
    ),
  },
  {
    files: [
      "pytest.ini",
      ".pytest.ini",
      "tox.ini",
      "noxfile.py",
      ".coveragerc",
      "mypy.ini",
      ".mypy.ini",
      "pyrightconfig.json",
    ],
  },
  { files: ["ruff.toml", ".ruff.toml", ".flake8", ".pylintrc", "pylintrc", ".python-version"] },
  { files: ["sitecustomize.py", "usercustomize.py", "*.pth", "pyvenv.cfg"] },
  { files: ["conftest.py"], onlyNew: true },
  // Python looks in the current folder first: a file of this name stands in for the real one.
  { files: ["{pytest,_pytest,unittest,pluggy,coverage,mypy,ruff,nose2}{.py,.pyc,.so,.*.so,/**}"], onlyNew: true },
  {
    files: [`{${runnerModules.join(",")}}{.py,.pyc,.so,.*.so,/__init__.*}`],
    usedBy: /^(?:python[\d.]*|pytest|py\.test|tox|nox|uv|poetry|pdm|hatch|pipenv)$/,
    onlyNew: true,
    atTop: true,
  },
  {
    files: ["pyproject.toml"],
    part: keysMatching(
      /^(?:tool(?:$|\.(?:pytest|coverage|tox|nox|hatch|poe|mypy|pyright|ruff|black|isort|flake8|pylint))|build-system)/,
    ),
  },
  { files: ["setup.cfg"], part: keysMatching(/^(?:tool:pytest|pytest|coverage|mypy|flake8|pylint|isort)/) },
  // What was checked must be what a checkout of main shows later.
  {
    files: [".gitattributes"],
    part: linesMatching(/\b(?:filter|ident|eol|crlf|working-tree-encoding)\b/),
    reachesDown: true,
  },
  { files: ["go.work"] },
  { files: ["go.mod"], part: linesMatching(/^\s*(?:replace\b|toolchain\b)|=>/) },
  { files: [".golangci.*"] },
  {
    files: ["Cargo.toml"],
    part: keysMatching(
      /^(?:profile|test|bench|lib|lints|patch|replace|workspace\.lints|workspace\.exclude|package\.autotests)/,
    ),
  },
  {
    files: [
      ".cargo/config",
      ".cargo/config.toml",
      "rust-toolchain",
      "rust-toolchain.toml",
      "rustfmt.toml",
      ".rustfmt.toml",
      "clippy.toml",
      ".config/nextest.toml",
    ],
  },
  { files: [".rspec", ".rubocop*.yml", "phpunit.xml*", "phpstan.neon*", "psalm.xml*"] },
  { files: ["{GNUm,M,m}akefile", "*.mk"], usedBy: /^g?make$/ },
  { files: ["{,.}justfile", "Justfile"], usedBy: /^just$/ },
  { files: ["Taskfile.y{,a}ml"], usedBy: /^(?:go-)?task$/ },
  { files: ["Rakefile"], usedBy: /^(?:rake|bundle)$/ },
  { files: ["**/node_modules/**", "**/.venv/**"] },
];

/** Whether the table has anything to say of a path: only then its text is worth reading. */
export function isCheckConfiguration(path: string, project: Rules): boolean {
  return rowsFor(path, project).length > 0 || namedByChecks(project).has(path);
}

/** What a job changed of how checks run, a sentence each. */
export function configurationChanges(changes: readonly FileChange[], project: Rules): string[] {
  if (project.checkConfig === "allow") return [];
  const isAllowed = picomatch([...project.scope.allowCheckConfig], { dot: true });
  const isTest = picomatch([...project.tests], { dot: true });
  const named = namedByChecks(project);
  return changes
    .filter(({ path }) => !isAllowed(path))
    .flatMap((change) => {
      const { path, before = "", after = "" } = change;
      const scripts = path.endsWith("package.json") && counts(change) ? changedScripts(before, after) : [];
      if (scripts.length > 0)
        return [`${shownPath(path)}: ${scripts.map((name) => `"${name}"`).join(", ")} ${decides} (scripts).`];
      const isNamed = named.has(path) && !isTest(path);
      return isNamed || rowsFor(path, project).some((row) => isChanged(row, change))
        ? [`${shownPath(path)} ${decides}.`]
        : [];
    });
}

const decides = "decides how the checks run, and may not be changed by a job";

function isChanged({ part, onlyNew, reachesDown }: Row, change: FileChange): boolean {
  if (onlyNew) return change.before === undefined;
  if (part === undefined) return true;
  return (
    (reachesDown || counts(change)) &&
    JSON.stringify(part(change.before ?? "")) !== JSON.stringify(part(change.after ?? ""))
  );
}

/** A new package in a folder of its own decides about nothing that was there. */
function counts({ path, before }: FileChange): boolean {
  return before !== undefined || !path.includes("/");
}

function rowsFor(path: string, project: Rules): Row[] {
  const lines = [...linesOf(project), ...(project.ordered ?? []).map(({ cmd }) => cmd)];
  const programs = lines.map(wordsOf).map(([program = ""]) => program.slice(program.lastIndexOf("/") + 1));
  return table.filter(
    ({ files, usedBy, atTop }) =>
      (usedBy === undefined || programs.some((program) => usedBy.test(program))) &&
      picomatch.isMatch(
        path,
        files.flatMap((file) => (atTop ? [file] : [file, `**/${file}`])),
        { dot: true },
      ),
  );
}

/**
 * Files that a project's own command names: `sh scripts/test.sh`. What an order's command names may be the very thing that
 * the work is about.
 */
function namedByChecks(project: Project): Set<string> {
  const words = linesOf(project).flatMap(wordsOf);
  return new Set(words.map((word) => word.replace(/^(?:\.\/)+/, "")));
}

function linesOf(project: Project): string[] {
  return [...checksOf(project).map(({ cmd }) => cmd), ...(project.setup === undefined ? [] : [project.setup])];
}

function wordsOf(line: string): string[] {
  const command = parseCommand(line);
  return command.ok ? [...command.argv] : [];
}
