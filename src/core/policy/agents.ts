import { quote } from "../command-display.ts";
import { type Agent, engineOptions, engineValue, uuid } from "./agent-table.ts";
import { type Arguments, has, readOptions } from "./options.ts";
import { allow, deny, type Outcome } from "./outcome.ts";
import { flawOfReadPath } from "./paths.ts";
import type { Place } from "./place.ts";

/** A1 to A4. The prompt is data, whatever it says. */
export function judgeAgent(agent: Agent, words: readonly string[], { inMain }: Place): Outcome {
  if (words.length === 1 && agent.also.includes(words[0] ?? "")) return allow(agent.rule, "It only prints.");
  if (inMain) return deny("A4", "No engine works in main.", "Name a task worktree.");
  const { verb } = agent;
  if (verb !== undefined && words[0] !== verb) return refuse(agent, "It is no listed way to start it.");
  const args = readOptions(agent.options, verb === undefined ? words : words.slice(1));
  if ("problem" in args) return deny(agent.rule, args.problem, args.advice);
  if (agent.needs !== undefined && !has(args, agent.needs)) return refuse(agent, "It would wait at a terminal.");
  return flawOfValues(agent, args) ?? flawOfPrompt(agent, args) ?? allow(agent.rule, "It runs an engine headless.");
}

function flawOfValues(agent: Agent, { options: given }: Arguments): Outcome | undefined {
  for (const { name, value = "" } of given) {
    const wanted = Object.hasOwn(agent.values, name) ? agent.values[name] : undefined;
    if (wanted === undefined) continue;
    if (wanted === "file") {
      const flaw = value
        .split(",")
        .map(flawOfReadPath)
        .find((found) => found !== undefined);
      if (flaw !== undefined) return flaw;
    } else if (!wanted.test(value)) {
      return deny(agent.rule, `${name} does not take ${quote(value)}.`, "Use a listed value or none.");
    }
  }
  return undefined;
}

function flawOfPrompt(agent: Agent, args: Arguments): Outcome | undefined {
  const prompts = promptsOf(agent, args);
  if (prompts === undefined) return refuse(agent, "It does not say which session to resume.");
  const [prompt = "", ...more] = prompts;
  if (prompt.trim() === "" || prompt === "-") return refuse(agent, "It has no prompt.");
  if (more.length > 0 && agent.prompts === "one") return refuse(agent, "It has more than one prompt.");
  return agent.verbs.has(prompt) ? refuse(agent, `${prompt} is a subcommand, not a prompt.`) : undefined;
}

/** What is left when a session to resume is taken away; undefined when it says resume and not what. */
function promptsOf({ resumes }: Agent, args: Arguments): readonly string[] | undefined {
  const [first, session = "", ...prompts] = args.operands;
  const rest = args.rest ?? [];
  if (!resumes || first !== "resume") return has(args, "--last") ? undefined : [...args.operands, ...rest];
  if (has(args, "--last")) return [...args.operands.slice(1), ...rest];
  return uuid.test(session) ? [...prompts, ...rest] : undefined;
}

function refuse({ rule, form }: Agent, reason: string): Outcome {
  return deny(rule, reason, `Write ${form}, with the prompt in one pair of quotes.`);
}

/** A5: an engine by the name that the operator gave it. */
export function judgeEngine(words: readonly string[], { engines, inMain }: Place): Outcome {
  if (inMain) return deny("A4", "No engine works in main.", "Name a task worktree.");
  const [name = "", ...own] = words;
  const form = 'Write engine <name> "<prompt>", with the prompt in one pair of quotes.';
  if (!engines.includes(name)) return deny("A5", `${quote(name)} is no configured engine.`, form);
  const args = readOptions(engineOptions, own);
  if ("problem" in args) return deny("A5", args.problem, args.advice);
  if (!args.options.every(({ value = "" }) => engineValue.test(value)))
    return deny("A5", "A value is not a plain word.", form);
  const [prompt = "", ...more] = [...args.operands, ...(args.rest ?? [])];
  const isOne = prompt.trim() !== "" && prompt !== "-" && more.length === 0;
  return isOne ? allow("A5", "It runs an engine headless.") : deny("A5", "It has no single prompt.", form);
}
