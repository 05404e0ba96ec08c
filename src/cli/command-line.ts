import { Command, CommanderError } from "commander";
import { AppError, type ErrorCode, sentenceOf } from "../core/error.ts";
import { nearest } from "../core/nearest.ts";
import { visibleText } from "../platform/visible-text.ts";
import type { Failure } from "./documents.ts";
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
    return explain(error, { program, argv, terminal: context.terminal });
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
  throw new AppError("bad-input", `unknown command '${printable(name)}'.${hint} ${listHint}`);
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
      outputError: () => {}, // told at the end, where it is known which command it was about
    })
    .helpOption("-h, --help", "explain a command, with an example");
}

/** Commander's "error: unknown command 'stauts'\n(Did you mean status?)" as one sentence, and where there is help. */
function usageSentence(text: string, program: Command, argv: readonly string[]): string {
  const words = text
    .trim()
    .replace(/^error: /, "")
    .replace(/\n\((.+)\)$/, ". $1")
    .replace(/[.?]?$/, (end) => end || ".");
  const path = namedCommand(program, argv);
  return `${words} ${path === "" ? listHint : `"chargehand ${path} --help" explains it.`}`;
}

const listHint = '"chargehand --help" lists the commands.';

/** The words that name a command on this line, as far as there is one. */
function namedCommand(program: Command, [word, ...rest]: readonly string[]): string {
  const command = program.commands.find((it) => it.name() === word);
  return command === undefined ? "" : `${command.name()} ${namedCommand(command, rest)}`.trim();
}

interface CommandLine {
  readonly program: Command;
  readonly argv: readonly string[];
  readonly terminal: Terminal;
}

function explain(error: unknown, { program, argv, terminal }: CommandLine): number {
  const tell = (code: ErrorCode, sentence: string) => {
    if (argv.includes("--json")) terminal.document({ error: { code, message: sentence } } satisfies Failure);
    // What was typed is part of it, and may hold what acts on a terminal.
    terminal.note(`chargehand: ${visibleText(sentence)}`);
    return exitCodeOf(code);
  };
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.ok;
    // A group of commands alone has shown its help.
    if (error.code !== "commander.help") return tell("bad-input", usageSentence(error.message, program, argv));
    return exitCodes.usage;
  }
  const { code, sentence } = sentenceOf(error);
  const exitCode = tell(code, sentence);
  if (!(error instanceof AppError))
    terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCode;
}
