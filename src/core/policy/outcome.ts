import type { Argv } from "../command.ts";
import type { RuleId } from "./rules.ts";

export type CommandVerdict = "allow" | "ask" | "deny";

/** What one rule says of a command. `advice` tells a model what to do instead; an allowed command needs none. */
export interface Outcome {
  readonly verdict: CommandVerdict;
  readonly rule: RuleId;
  readonly reason: string;
  readonly advice: string;
}

/** What the policy says of a command, with the words that would be started. */
export interface Decision extends Outcome {
  readonly argv?: Argv;
}

export function allow(rule: RuleId, reason: string): Outcome {
  return { verdict: "allow", rule, reason, advice: "" };
}

export function ask(
  rule: RuleId,
  reason: string,
  advice = "Wait for a person to approve exactly this command.",
): Outcome {
  return { verdict: "ask", rule, reason, advice };
}

export function deny(rule: RuleId, reason: string, advice: string): Outcome {
  return { verdict: "deny", rule, reason, advice };
}

const strictness: Record<CommandVerdict, number> = { allow: 0, ask: 1, deny: 2 };

export function isStricter(one: CommandVerdict, other: CommandVerdict): boolean {
  return strictness[one] > strictness[other];
}

/** The strictest of what the rules found, the first of equals, or else what holds when none found anything. */
export function strictest(found: readonly (Outcome | undefined)[], otherwise: Outcome): Outcome {
  return found.reduce<Outcome>(
    (worst, outcome) => (outcome !== undefined && isStricter(outcome.verdict, worst.verdict) ? outcome : worst),
    otherwise,
  );
}
