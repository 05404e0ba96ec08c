import { runCommandLine } from "./command-line.ts";
import { commandGroups } from "./commands.ts";
import { createTerminal } from "./terminal.ts";

/** Carries out the command line this process was started with, and ends with its exit code. */
export async function main(): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever read us has seen enough: `chargehand logs | head`.
    if (error.code === "EPIPE") process.exit();
    process.stderr.write(`chargehand: The answer cannot be written (${error.code}).\n`, () => process.exit(1));
  });

  const exitCode = await runCommandLine(commandGroups, process.argv.slice(2), {
    terminal: createTerminal(process),
    environment: process.env,
    cwd: process.cwd(),
  });
  // A library's timers for connections that are closed already are nothing to wait for.
  process.stdout.write("", (error) => {
    if (!error) process.exit(exitCode);
  });
}
