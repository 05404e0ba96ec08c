import { Command, CommanderError } from "commander";
import { AppError, sentenceOf } from "../core/error.ts";
import { nearest } from "../core/nearest.ts";
import { exitCodeHelp, exitCodeOf, exitCodes } from "./exit-code.ts";
import { example } from "./options.ts";
import { printable } from "./printable.ts";
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
    await program.parseAsync(understood(program, argv), { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(error, argv, context.terminal);
  }
}

/** The program with all its commands, not yet run. */
export function createProgram(groups: readonly CommandGroup[], context: CommandContext, act: Act): Command {
  const program = newProgram(context.terminal);
  for (const add of groups) add(program, context, act);
  addHelp(program, act);
  for (const command of program.commands) sayExitCodes(command, command.name());
  return program;
}

/** Commander explains every command itself, but the ones below another not, and unknown ones by the list of all. */
function addHelp(program: Command, act: Act): void {
  program
    .helpCommand(false)
    .command("help")
    .description("explain a command, with an example")
    .argument("[command...]", "its name, and for a group the name below it")
    .addHelpText("after", example("help wait", "help policy explain"))
    .action(
      act(async (names: readonly string[]) => {
        let command = program;
        for (const name of names) command = command.commands.find((it) => it.name() === name) ?? unknown(command, name);
        command.outputHelp();
        return exitCodes.ok;
      }),
    );
}

function unknown(command: Command, name: string): never {
  const names = command.commands.map((it) => it.name());
  const meant = nearest(name, names);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  throw new AppError(
    "bad-input",
    `unknown command '${printable(name)}'.${hint} "chargehand --help" lists the commands.`,
  );
}

function sayExitCodes(command: Command, path: string): void {
  command.helpCommand(false).addHelpText("after", exitCodeHelp(path));
  for (const below of command.commands) sayExitCodes(below, `${path} ${below.name()}`);
}

/** Asked to explain a command that is not there, commander would list all: without the wish it names the mistake. */
function understood(program: Command, argv: readonly string[]): readonly string[] {
  const [name] = argv;
  const isUnknown = name !== undefined && /^[^-]/.test(name) && !program.commands.some((it) => it.name() === name);
  return isUnknown ? argv.filter((word) => word !== "-h" && word !== "--help") : argv;
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
      writeErr: (text) => terminal.note(text.trimEnd()),
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
