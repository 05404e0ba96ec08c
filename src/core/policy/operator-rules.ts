import { z } from "zod";
import { type Argv, parseCommand } from "../command.ts";
import { quote } from "../command-display.ts";
import { flawOfAddition } from "./additions.ts";
import { withoutGlobals } from "./git.ts";
import { readOptions } from "./options.ts";
import { allow, ask, type CommandVerdict, deny, isStricter, type Outcome } from "./outcome.ts";
import { packageManagers, wholeName } from "./packages.ts";
import { flawOfReadPath } from "./paths.ts";
import type { Place } from "./place.ts";
import { findProgram, unlistedProgram } from "./programs.ts";

/**
 * What an operator adds to the policy: the first words of a command, and a verdict (`make test: allow`). The rule with
 * the most words wins. Rules make anything stricter, turn asking into allowing, and add programs; what this policy
 * denies stays denied.
 */
export const PolicyRules = z.record(z.string(), z.enum(["allow", "ask", "deny"])).superRefine((rules, context) => {
  for (const message of checkRules(rules)) context.addIssue({ code: "custom", message });
});
export type PolicyRules = z.infer<typeof PolicyRules>;

/** What is wrong with these rules, one sentence each. A rule that could never have an effect is wrong. */
export function checkRules(rules: PolicyRules): string[] {
  return Object.entries(rules).flatMap(([text, verdict]) => {
    const problem = problemOfRule(text, verdict);
    return problem === undefined ? [] : [`The rule ${quote(text)} cannot hold: ${problem}`];
  });
}

function problemOfRule(text: string, verdict: CommandVerdict): string | undefined {
  const parsed = parseCommand(text);
  if (!parsed.ok) return `${parsed.reason} ${parsed.advice}`;
  if (verdict === "deny") return undefined;
  const [name, ...words] = parsed.argv;
  const program = findProgram(name);
  if (program === undefined) {
    const flaw = flawOfAddition(parsed.argv);
    return flaw && `${flaw}. Such programs stay denied.`;
  }
  const place = { inMain: false, worktrees: {}, engines: words.slice(0, 1) };
  const outcomes = completions.map((more) => program.judge([...words, ...more], place));
  if (outcomes.some((outcome) => outcome.verdict !== "deny")) return undefined;
  return `${outcomes[0]?.reason} (${outcomes[0]?.rule}). No rule loosens what is denied.`;
}

/** Ways to go on behind a rule's words: when all of them are denied, so is everything that the rule could match. */
const completions: readonly (readonly string[])[] = [
  [],
  ["x"],
  ["x", "y"],
  ["-m", "x"],
  ["x", "-m", "x"],
  ["-p", "x"],
  ["exec", "x"],
  ["run", "x"],
  ["../x"],
  ["test"],
  ["status"],
  ["list"],
  ["--stdout"],
  ["--get", "user.email"],
  ["-f"],
];

interface Rule {
  readonly text: string;
  readonly words: readonly string[];
  readonly verdict: CommandVerdict;
}

/** The outcome once the operator's rules have had their say. */
export function applyRules(rules: PolicyRules, argv: Argv, place: Place, builtIn: Outcome): Outcome {
  const rule = findRule(rules, argv);
  if (rule === undefined || rule.verdict === builtIn.verdict) return builtIn;
  if (builtIn.verdict !== "deny") return said(rule);
  const isAddition = builtIn.rule === "E1" && flawOfAddition(rule.words) === undefined;
  return isAddition ? (flawOfAdded(rule, argv, place) ?? said(rule)) : builtIn;
}

function findRule(rules: PolicyRules, argv: Argv): Rule | undefined {
  const words = ruleWords(argv);
  let best: Rule | undefined;
  for (const [text, verdict] of Object.entries(rules)) {
    const parsed = parseCommand(text);
    if (!parsed.ok) continue;
    const rule = { text, verdict, words: ruleWords(parsed.argv) };
    if (matches(rule, words) && (best === undefined || isBetter(rule, best))) best = rule;
  }
  return best;
}

/** The words a rule is compared with: without what git or a package manager take before the subcommand. */
function ruleWords(argv: Argv): readonly string[] {
  const [program, ...words] = argv;
  if (program === "git") return [program, ...withoutGlobals(words)];
  if (!Object.hasOwn(packageManagers, program)) return argv;
  const manager = packageManagers[program as keyof typeof packageManagers];
  const args = readOptions(manager.options, words, { stopAtOperand: true });
  if ("problem" in args) return argv;
  const [verb, ...rest] = args.operands;
  return verb === undefined ? [program] : [program, wholeName(manager, verb), ...rest];
}

/** A rule that allows is taken word by word. One that restricts also finds its words between options. */
function matches({ words: wanted, verdict }: Rule, words: readonly string[]): boolean {
  if (verdict === "allow") return wanted.every((word, index) => words[index] === word);
  if (wanted.slice(0, 2).some((word, index) => words[index] !== word)) return false;
  let at = 0;
  for (const word of words) if (word === wanted[at]) at += 1;
  return at === wanted.length;
}

function isBetter(rule: Rule, other: Rule): boolean {
  if (rule.words.length !== other.words.length) return rule.words.length > other.words.length;
  return isStricter(rule.verdict, other.verdict);
}

/** What an added program does is not known to us: it stays out of main, and what may be a path inside the worktree. */
function flawOfAdded({ words }: Rule, argv: Argv, { inMain }: Place): Outcome | undefined {
  if (inMain) return deny("G7", `${argv[0]} could change main.`, "Do it in a task worktree.");
  return argv
    .slice(words.length)
    .flatMap((word) => [word, word.replace(/^[^=]*=/, ""), word.replace(/^-[A-Za-z]/, "")])
    .map((path) => (path === "" ? undefined : flawOfReadPath(path)))
    .find((flaw) => flaw !== undefined);
}

function said({ text, verdict }: Rule): Outcome {
  const reason = `The operator's rule ${quote(text)} says ${verdict}.`;
  if (verdict === "allow") return allow("O1", reason);
  if (verdict === "ask") return ask("O1", reason);
  return deny("O1", reason, "Reach the goal another way, or say that you cannot.");
}

/** The policy's own view of a program, listed or not. */
export function judgeBuiltIn([name, ...words]: Argv, place: Place): Outcome {
  return findProgram(name)?.judge(words, place) ?? unlistedProgram(name);
}
