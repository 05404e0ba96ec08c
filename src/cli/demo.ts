import { runDemo, runDemoAlone } from "../demo/main.ts";
import type { CommandContext } from "./command-line.ts";
import { exitCodes } from "./exit-code.ts";
import { untilInterrupted } from "./interrupt.ts";

export interface DemoCommandOptions {
  readonly auto?: boolean;
  readonly port?: number;
  readonly open: boolean;
  readonly keep?: boolean;
}

/** The demo, for a person until Ctrl-C, or with `--auto` for nobody until its end. */
export async function demo({ terminal }: CommandContext, options: DemoCommandOptions): Promise<number> {
  using interrupted = untilInterrupted();
  const { keep = false, port = 0 } = options;
  const print = terminal.result;
  if (!options.auto) {
    await runDemo({ keep, port, print, open: options.open && terminal.interactive }, interrupted.signal);
    return exitCodes.ok;
  }
  await runDemoAlone({ keep, print }, interrupted.signal);
  terminal.result("\nProven by git and by the tests on main: the change is merged, and everything passes.");
  return exitCodes.ok;
}
