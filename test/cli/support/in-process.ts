import { runCommandLine } from "../../../src/cli/command-line.ts";
import { commandGroups } from "../../../src/cli/commands.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";

export interface Place {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line as `src/cli.ts` does, with both outputs kept, and without the second a process of its own takes. */
export async function chargehandHere(argv: readonly string[], place: Place = {}): Promise<Outcome> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const terminal: Terminal = {
    interactive: false,
    result: (text) => void stdout.push(`${text}\n`),
    raw: (text) => void stdout.push(text),
    document: (value) => void stdout.push(`${JSON.stringify(value, null, 2)}\n`),
    note: (text) => void stderr.push(`${text}\n`),
    status: () => {},
    ask: () => Promise.reject(new Error("Nobody sits at this terminal.")),
    isAsking: () => false,
  };
  const { environment = {}, cwd = "/" } = place;
  const exitCode = await runCommandLine(commandGroups, argv, { terminal, environment: { ...environment }, cwd });
  return { exitCode, stdout: stdout.join(""), stderr: stderr.join("") };
}
