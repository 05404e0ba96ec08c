import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../../../src/agents/engines/engine.ts";

/** What the contract has to know of an engine: its command for a prompt, and the lines of one good run. */
export interface Subject {
  readonly kind: Engine["kind"];
  readonly command: (prompt: string) => readonly string[];
  /** They tell of an edit and end with `answer`. */
  readonly lines: readonly string[];
}

export const answer = "I fixed the greeting.";

export const subjects: readonly Subject[] = [
  { kind: "codex", command: (prompt) => ["codex", "exec", "--", prompt], lines: recorded("codex") },
  { kind: "claude", command: (prompt) => ["claude", "-p", "--", prompt], lines: recorded("claude") },
  { kind: "opencode", command: (prompt) => ["opencode", "run", "--", prompt], lines: recorded("opencode") },
  { kind: "simulated", command: (prompt) => ["engine", "simulated", "--", prompt], lines: recorded("simulated") },
  { kind: "custom", command: (prompt) => ["engine", "mine", "--", prompt], lines: recorded("simulated") },
];

/** The lines the real program printed, with the places of that machine replaced. */
function recorded(name: string): string[] {
  return readFileSync(join(import.meta.dirname, "recorded", `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
}
