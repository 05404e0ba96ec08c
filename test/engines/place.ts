import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EngineCall } from "../../src/agents/engines/engine.ts";
import { findEngineProgram } from "../../src/agents/engines/program.ts";
import { engines } from "../../src/agents/engines/registry.ts";
import { gitIn, writeFiles } from "../support/project.ts";
import { cache, type RealEngine, realProgram } from "./install.ts";

export interface RealEngineCase {
  readonly name: RealEngine;
  readonly command: readonly string[];
  readonly keyName: string;
  readonly model: string;
}

const prompt = "Fix the greeting";

export const realEngines: readonly RealEngineCase[] = [
  { name: "codex", command: ["codex", "exec", prompt], keyName: "OPENAI_API_KEY", model: "gpt-5.5" },
  { name: "claude", command: ["claude", "-p", prompt], keyName: "ANTHROPIC_API_KEY", model: "claude-sonnet-4-5" },
  { name: "opencode", command: ["opencode", "run", prompt], keyName: "OPENAI_API_KEY", model: "local/test-model" },
];

/** How the real program is called in a place, with a key that is none. */
export function realCall(
  { name, keyName, model }: Pick<RealEngineCase, "name" | "keyName" | "model">,
  { worktreePath, homePath }: Place,
): EngineCall {
  const settings = { kind: name, command: [realProgram(name)], env: [keyName], hosts: [] };
  const program = findEngineProgram({ engine: engines[name], settings }, { searchPath: "", folder: "/" });
  if (program === undefined) throw new Error(`${name} is not installed.`);
  return { worktreePath, homePath, program, model, environment: { [keyName]: "secret" } };
}

export interface Place extends AsyncDisposable {
  readonly worktreePath: string;
  readonly homePath: string;
}

/** A worktree of a repository with a greeting in it, and a home beside it. Not below /tmp: Codex refuses homes there. */
export async function makePlace(): Promise<Place> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "place-"));
  const main = join(folder, "main");
  const worktreePath = join(folder, "task");
  const homePath = join(folder, "home");
  await mkdir(homePath);
  await writeFiles(main, {
    "greeting.txt": "helo\n",
    "AGENTS.md": "Indent by two spaces.\n",
    "CLAUDE.md": "@AGENTS.md\n",
  });
  gitIn(main, "init", "--quiet", "--initial-branch=main");
  gitIn(main, "add", "--all");
  gitIn(main, "commit", "--quiet", "--message", "first");
  gitIn(main, "worktree", "add", "--quiet", "-b", "task", worktreePath);
  return {
    worktreePath,
    homePath,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
