#!/usr/bin/env node
import { runCommandLine } from "./cli/command-line.ts";
import { commandGroups } from "./cli/commands.ts";
import { createTerminal } from "./cli/terminal.ts";

// Whoever read us has seen enough: `chargehand logs | head`.
process.stdout.on("error", () => process.exit());

const exitCode = await runCommandLine(commandGroups, process.argv.slice(2), {
  terminal: createTerminal(process),
  environment: process.env,
  cwd: process.cwd(),
});
// A library's timers for connections that are closed already are nothing to wait for.
process.stdout.write("", () => process.exit(exitCode));
