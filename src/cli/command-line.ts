import { Command, CommanderError } from "commander";
import { AppError, sentenceOf } from "../core/error.ts";
import { exitCodeOf, exitCodes } from "./exit-code.ts";
import type { Terminal } from "./terminal.ts";
import { ownVersion } from "./version.ts";

/** What every command of ours is given. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** A group of commands adds itself to the program. `act` turns an exit code into commander's kind of action. */
export type CommandGroup = (program: Command, context: CommandContext, act: Act) => void;

export type Act = <Arguments extends unknown[]>(
  action: (...given: Arguments) => Promise<number>,
) => (...given: Arguments) => Promise<void>;

/** Runs one command line to its exit code. Whatever goes wrong becomes one sentence on stderr. */
export async function runCommandLine(
  groups: readonly CommandGroup[],
  argv: readonly string[],
  context: CommandContext,
): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const act: Act =
    (action) =>
    async (...given) => {
      exitCode = await action(...given);
    };
  const program = createProgram(groups, context, act);
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(error, argv, context.terminal);
  }
}

/** The program with all its commands, not yet run. */
export function createProgram(groups: readonly CommandGroup[], context: CommandContext, act: Act): Command {
  const program = newProgram(context.terminal);
  for (const add of groups) add(program, context, act);
  return program;
}

function newProgram(terminal: Terminal): Command {
  return new Command("chargehand")
    .description("Text a coding task; hold a checked branch, with the evidence and a Merge button.")
    .usage("<command> [options]")
    .version(ownVersion(), "-V, --version", "print the version")
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: terminal.raw,
      outputError: (text) => terminal.note(`chargehand: ${usageSentence(text)}`),
    })
    .helpOption("-h, --help", "explain a command, with an example");
}

/** Commander's "error: unknown command 'stauts'\n(Did you mean status?)" as one sentence. */
function usageSentence(text: string): string {
  const words = text
    .trim()
    .replace(/^error: /, "")
    .replace(/\n\((.+)\)$/, ". $1")
    .replace(/[.?]?$/, (end) => end || ".");
  return `${words} "chargehand --help" lists the commands.`;
}

function explain(error: unknown, argv: readonly string[], terminal: Terminal): number {
  const isJson = argv.includes("--json");
  if (error instanceof CommanderError) {
    // Commander has said it already, or it was help that somebody asked for.
    if (error.exitCode === 0) return exitCodes.ok;
    if (isJson) terminal.document({ error: { code: "bad-input", message: usageSentence(error.message) } });
    return exitCodes.usage;
  }
  const { code, sentence } = sentenceOf(error);
  if (isJson) terminal.document({ error: { code, message: sentence } });
  terminal.note(`chargehand: ${sentence}`);
  if (!(error instanceof AppError))
    terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodeOf(code);
}
