import { quote } from "../command-display.ts";
import { agents } from "./agent-table.ts";
import { judgeAgent, judgeEngine } from "./agents.ts";
import { judgeCat, judgeLs, judgePwd } from "./files.ts";
import { judgeGit } from "./git.ts";
import { judgeNode } from "./node.ts";
import { deny, type Outcome } from "./outcome.ts";
import { judgePackageManager, packageManagers } from "./packages.ts";
import type { Place } from "./place.ts";
import { judgePytest } from "./pytest.ts";

export interface Program {
  /** Whether it runs code of the repository or of a model, which only a sandbox makes harmless. */
  readonly runsCode: boolean;
  readonly judge: (words: readonly string[], place: Place) => Outcome;
}

/** Every program that may run, by its exact name. */
export const programs: Readonly<Record<string, Program>> = {
  git: { runsCode: false, judge: judgeGit },
  ls: { runsCode: false, judge: judgeLs },
  cat: { runsCode: false, judge: judgeCat },
  pwd: { runsCode: false, judge: judgePwd },
  npm: { runsCode: true, judge: (words, place) => judgePackageManager(packageManagers.npm, words, place) },
  yarn: { runsCode: true, judge: (words, place) => judgePackageManager(packageManagers.yarn, words, place) },
  pnpm: { runsCode: true, judge: (words, place) => judgePackageManager(packageManagers.pnpm, words, place) },
  pytest: { runsCode: true, judge: judgePytest },
  node: { runsCode: true, judge: judgeNode },
  codex: { runsCode: true, judge: (words, place) => judgeAgent(agents.codex, words, place) },
  claude: { runsCode: true, judge: (words, place) => judgeAgent(agents.claude, words, place) },
  opencode: { runsCode: true, judge: (words, place) => judgeAgent(agents.opencode, words, place) },
  engine: { runsCode: true, judge: judgeEngine },
};

export function findProgram(name: string): Program | undefined {
  return Object.hasOwn(programs, name) ? programs[name] : undefined;
}

/** E1. */
export function unlistedProgram(name: string): Outcome {
  const advice = Object.hasOwn(instead, name) ? instead[name] : undefined;
  const listed = `Use one of ${Object.keys(programs).join(", ")}.`;
  return deny("E1", `${quote(name)} is not a listed program.`, advice ?? listed);
}

const oneCommand = "There is no shell: send one listed command per call.";
const letEngineEdit = "Let an engine edit files; git mv, git rm and git restore are there too.";
const readWithCat = "Read files with cat; search them with git grep -n.";
const instead: Readonly<Record<string, string>> = {
  sh: oneCommand,
  bash: oneCommand,
  zsh: oneCommand,
  env: oneCommand,
  xargs: oneCommand,
  timeout: "Every command has a time limit already; send it alone.",
  cd: "The worktree parameter says where a command runs.",
  echo: "Say it in your answer; there is no shell to print with.",
  printenv: "The environment holds nothing for you.",
  grep: "Use git grep -n.",
  rg: "Use git grep -n.",
  find: "Use git ls-files, with a quoted pattern.",
  sed: readWithCat,
  awk: readWithCat,
  head: readWithCat,
  tail: readWithCat,
  less: readWithCat,
  rm: letEngineEdit,
  mv: letEngineEdit,
  cp: letEngineEdit,
  mkdir: letEngineEdit,
  touch: letEngineEdit,
  tee: letEngineEdit,
  chmod: "Use git add --chmod=+x.",
  npx: "Run a script of package.json with npm run.",
  pnpx: "Run a script of package.json with pnpm run.",
  python: "Run tests with pytest; other programs the operator may add to the rules.",
  python3: "Run tests with pytest; other programs the operator may add to the rules.",
  make: "Run the underlying command; make the operator may add to the rules.",
  sudo: "Nothing here needs more rights.",
  gh: "Commit on the task's branch: Chargehand lands it when a person says so.",
};
