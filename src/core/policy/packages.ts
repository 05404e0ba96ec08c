import { quote } from "../command-display.ts";
import { type Arguments, has, type OptionTable, options, readOptions, valuesOf } from "./options.ts";
import { allow, ask, deny, type Outcome } from "./outcome.ts";
import { flawOfPath } from "./paths.ts";
import type { Place } from "./place.ts";

/** How the policy sees a package manager: its options, and its subcommands by what they do. */
export interface PackageManager {
  readonly options: OptionTable;
  /** Other names of a subcommand that are taken. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Run one script of the repository, named like themselves. */
  readonly scripts: ReadonlySet<string>;
  /** Run the script that is named behind them. */
  readonly runners: ReadonlySet<string>;
  readonly lists: ReadonlySet<string>;
  /** Change what is installed. */
  readonly installs: ReadonlySet<string>;
  /** Ask the registry. */
  readonly asksRegistry: ReadonlySet<string>;
}

const names = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const everyInstall = names("install add ci uninstall remove update");
const everyQuestion = names("audit outdated view");
const everyScript = names("test build lint typecheck start format");

export const packageManagers = {
  npm: {
    options: options({
      clusters: false,
      flags:
        "--silent -s --if-present --workspaces -ws --include-workspace-root --ignore-scripts --no-audit --no-fund --json " +
        "--all --long --parseable --prefer-offline --offline --save-dev -D --save-exact -E --save -S --no-save " +
        "--save-optional -O --omit=dev --include=dev --dry-run --package-lock-only --production --no-progress " +
        "--legacy-peer-deps",
      valued: "--workspace -w --depth",
    }),
    aliases: {
      t: "test",
      i: "install",
      add: "install",
      un: "uninstall",
      remove: "uninstall",
      "run-script": "run",
      list: "ls",
    },
    scripts: names("test start"),
    runners: names("run"),
    lists: names("ls explain"),
    installs: everyInstall,
    asksRegistry: everyQuestion,
  },
  yarn: {
    options: options({
      clusters: false,
      flags:
        "--silent -s --frozen-lockfile --immutable --ignore-scripts --dev -D --exact -E --offline --verbose --json " +
        "--non-interactive --mode=skip-build",
    }),
    aliases: {},
    scripts: everyScript,
    runners: names("run"),
    lists: names("list why"),
    installs: everyInstall,
    asksRegistry: everyQuestion,
  },
  pnpm: {
    options: options({
      clusters: false,
      flags:
        "--silent -s --frozen-lockfile --ignore-scripts -r --recursive --if-present --save-dev -D --save-exact -E " +
        "--offline --json --parallel --stream --prefer-offline --workspace-root -w",
      valued: "--filter -F --depth",
    }),
    aliases: { i: "install" },
    scripts: everyScript,
    runners: names("run"),
    lists: names("list why"),
    installs: everyInstall,
    asksRegistry: everyQuestion,
  },
} as const satisfies Record<string, PackageManager>;

/** N1, N2 and N3. Words behind `--` are the script's own, or package names like those before it. */
export function judgePackageManager(manager: PackageManager, words: readonly string[], place: Place): Outcome {
  if (words.length === 1 && words[0] === "--version") return allow("N1", "It prints its version.");
  const args = readOptions(manager.options, words);
  if ("problem" in args) return deny("N3", args.problem, args.advice);
  const outside = valuesOf(args, "--workspace -w --depth --filter -F").map(flawOfPath);
  return outside.find((flaw) => flaw !== undefined) ?? judgeVerb(manager, args, place);
}

function judgeVerb(manager: PackageManager, args: Arguments, place: Place): Outcome {
  const [word = "", ...operands] = args.operands;
  const verb = wholeName(manager, word);
  if (manager.scripts.has(verb)) return operands.length === 0 ? runs : scriptArguments;
  if (manager.runners.has(verb)) return judgeRun(operands);
  const named = [...operands, ...(args.rest ?? [])];
  if (manager.lists.has(verb)) return named.map(flawOfPackage).find((flaw) => flaw !== undefined) ?? lists;
  const installs = manager.installs.has(verb) || (verb === "audit" && named.includes("fix"));
  if (installs) return judgeInstall(manager, verb, named, args, place);
  if (manager.asksRegistry.has(verb))
    return named.map(flawOfPackage).find((flaw) => flaw !== undefined) ?? asksRegistry;
  return deny("N3", `${quote(word)} is not a listed subcommand.`, "Run a script of package.json with run <name>.");
}

export function wholeName({ aliases }: PackageManager, word: string): string {
  return Object.hasOwn(aliases, word) ? (aliases[word] ?? word) : word;
}

function judgeRun([script, ...more]: readonly string[]): Outcome {
  if (script !== undefined && !isScriptName(script)) {
    return deny("N3", `${quote(script)} is no name of a script.`, "Name a script of package.json.");
  }
  return more.length === 0 ? runs : scriptArguments;
}

function judgeInstall(
  manager: PackageManager,
  verb: string,
  packages: readonly string[],
  args: Arguments,
  { inMain }: Place,
): Outcome {
  if (inMain) return deny("G7", "It would change main.", "Do it in a task worktree; main changes only by landing.");
  if (verb === "ci") {
    if (packages.length > 0) return deny("N3", "ci takes no package.", "Use install to add one.");
    if (manager === packageManagers.npm && has(args, "--ignore-scripts")) {
      return allow("N1", "It installs what the lock file says and runs none of it.");
    }
  }
  const flaw = packages.map(flawOfPackage).find((found) => found !== undefined);
  return flaw ?? ask("N2", "It changes what is installed, and new code may run.");
}

const runs = allow("N1", "It runs a script of the repository.");
const lists = allow("N1", "It lists what is installed.");
const asksRegistry = ask("N2", "It asks the registry.");
const scriptArguments = deny(
  "N3",
  "A word is no option of the package manager.",
  "Put the script's arguments behind --.",
);

export function isScriptName(name: string): boolean {
  return /^[A-Za-z0-9][\w:.-]*$/.test(name);
}

/** N3: only a name in the registry, with a version or a range. A tarball looks like one, and so does `name@..`. */
function flawOfPackage(spec: string): Outcome | undefined {
  const isPlain = /^(@[A-Za-z0-9~-][\w.~-]*\/)?[A-Za-z0-9][\w.~-]*(@[\w^~<>=*][\w.^~<>=*+-]*)?$/.test(spec);
  if (isPlain && !/\.(tgz|tar\.gz|tar)$/i.test(spec)) return undefined;
  return deny("N3", `${quote(spec)} is no plain package of the registry.`, "Write name or name@version.");
}
