import { readFile } from "node:fs/promises";
import { z } from "zod";
import { displayCommand } from "../core/command-display.ts";
import { AppError } from "../core/error.ts";
import { decide } from "../core/policy/decide.ts";
import type { Decision } from "../core/policy/outcome.ts";
import type { Worktrees } from "../core/policy/place.ts";
import type { Explanation } from "./documents.ts";

/** The worktrees that a question at the terminal is about: no job is running, so a project is made up. */
const exampleWorktrees: Worktrees = {
  main: { kind: "main" },
  "task-1": { kind: "task" },
  "task-2": { kind: "task" },
  "feature-login": { kind: "task" },
  "fix-123": { kind: "task" },
};

/** The policy's answer to one command for a program. */
export function explanation(worktree: string, command: string): Explanation {
  const { argv, ...decision } = judge(worktree, command);
  return { worktree, command, ...(argv !== undefined && { argv: [...argv] }), ...decision };
}

/** The same for a person: what the policy thinks of a command, and what to do instead. */
export function explain(typedWorktree: string, command: string): string {
  const { worktree, argv, verdict, rule, reason, advice } = explanation(typedWorktree, command);
  const lines = [
    `${verdict} by rule ${rule}`,
    ...(argv === undefined ? [] : [`command:  ${displayCommand(argv)}`]),
    `worktree: ${displayCommand([worktree])}`,
    `reason:   ${reason}`,
    ...(advice === "" ? [] : [`instead:  ${advice}`]),
  ];
  return lines.join("\n");
}

/**
 * Judges each line of a file of `{id, worktree, command}` and prints `{id, decision, rule}`. A line that is not such
 * JSON gets its error printed; the answer is the exit code, 2 if there was any.
 */
export async function checkJsonl(filePath: string, print: (line: string) => void): Promise<0 | 2> {
  const text = await readFile(filePath, "utf8").catch((cause: unknown) => {
    throw new AppError("not-found", `Cannot read ${JSON.stringify(filePath)}. Name a file of JSON lines.`, { cause });
  });
  let exitCode: 0 | 2 = 0;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const answer = answerLine(line, index + 1);
    if ("error" in answer) exitCode = 2;
    print(JSON.stringify(answer));
  }
  return exitCode;
}

const Line = z.object({
  id: z.union([z.string(), z.number()]),
  worktree: z.string(),
  command: z.string(),
});

function answerLine(line: string, lineNumber: number): object {
  const parsed = Line.safeParse(parseJson(line));
  if (!parsed.success) return { line: lineNumber, error: "It is no JSON object with id, worktree and command." };
  const { id, worktree, command } = parsed.data;
  const { verdict, rule } = judge(worktree, command);
  return { id, decision: verdict, rule };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function judge(worktree: string, command: string): Decision {
  return decide({ worktree, command, worktrees: exampleWorktrees, sandboxed: true });
}
