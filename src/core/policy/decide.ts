import { type Argv, parseCommand, printCommand } from "../command.ts";
import { displayCommand, quote } from "../command-display.ts";
import { applyRules, judgeBuiltIn, type PolicyRules } from "./operator-rules.ts";
import { ask, type Decision, deny, type Outcome } from "./outcome.ts";
import { isWorktreeName } from "./paths.ts";
import type { Worktrees } from "./place.ts";
import { findProgram } from "./programs.ts";

/** What the policy is asked: may this command run in this worktree? */
export interface Question {
  readonly worktree: string;
  /** The text a model wrote, or its words. */
  readonly command: string | readonly string[];
  readonly worktrees: Worktrees;
  /** Whether children run in an operating-system sandbox. */
  readonly sandboxed: boolean;
  /** Names of the configured engines. */
  readonly engines?: readonly string[];
  readonly rules?: PolicyRules;
}

/**
 * Judges a command by its words alone: worktree, then grammar, then the program's own rules; the first failure
 * decides, and what is not listed is denied. Pure and total: what it cannot judge, it denies.
 */
export function decide(question: Question): Decision {
  try {
    return judge(question);
  } catch {
    return deny("X1", "The policy failed to judge this command.", "Try a simpler command.");
  }
}

function judge(question: Question): Decision {
  const { worktree, worktrees, command } = question;
  const kind = isWorktreeName(worktree) && Object.hasOwn(worktrees, worktree) ? worktrees[worktree]?.kind : undefined;
  if (kind === undefined) {
    return deny("W1", `${quote(worktree)} is no worktree of this job.`, "Use the name git worktree list shows.");
  }
  const text = typeof command === "string" ? command : printCommand(command);
  const parsed = parseCommand(text);
  if (!parsed.ok) return { verdict: "deny", rule: parsed.rule, reason: parsed.reason, advice: parsed.advice };

  const { argv } = parsed;
  const place = { inMain: kind === "main", worktrees, engines: question.engines ?? [] };
  const outcome = applyRules(question.rules ?? {}, argv, place, judgeBuiltIn(argv, place));
  return { ...showable(withoutSandbox(outcome, argv, question.sandboxed), argv, text), argv };
}

/** S1. A program that the operator added runs who knows what. */
function withoutSandbox(outcome: Outcome, [program]: Argv, sandboxed: boolean): Outcome {
  const isHarmless = sandboxed || outcome.verdict !== "allow" || findProgram(program)?.runsCode === false;
  return isHarmless ? outcome : ask("S1", `There is no sandbox, and ${program} runs code.`);
}

/** What still fits one message to a person, who sees every other character as \u{…}. */
const approvalLimits = { typed: 2_500, shown: 3_500 } as const;

/** L1. */
function showable(outcome: Outcome, argv: Argv, text: string): Outcome {
  if (outcome.verdict !== "ask") return outcome;
  const isLong = text.length > approvalLimits.typed || displayCommand(argv).length > approvalLimits.shown;
  if (!isLong && !argv.some((word) => word.includes("\n"))) return outcome;
  return deny("L1", "It needs approval and does not fit one line of a message.", "Make it shorter, on one line.");
}
