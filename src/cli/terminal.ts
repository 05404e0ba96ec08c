import { createInterface } from "node:readline/promises";
import { AppError } from "../core/error.ts";
import { visibleText } from "../platform/visible-text.ts";

/** The screen in front of a person, or the pipe in front of a program: results go to stdout, all else to stderr. */
export interface Terminal {
  /** Somebody sits there: questions make sense, and a line may be rewritten. */
  readonly interactive: boolean;
  result(text: string): void;
  /** Text to be piped on byte for byte; on a screen nothing in it acts on the terminal. */
  raw(text: string): void;
  /** The one JSON document of a command that was asked for `--json`. */
  document(value: unknown): void;
  note(text: string): void;
  /** Shows what happens right now, on a line that the next one replaces; nothing where lines cannot be replaced. */
  status(text: string): void;
  /** Asks for one line. The signal withdraws the question. */
  ask(question: string, signal: AbortSignal): Promise<string>;
  isAsking(): boolean;
}

const clearLine = "\r\u001b[2K";

export function createTerminal({ stdin, stdout, stderr }: NodeJS.Process): Terminal {
  const rewritable = stderr.isTTY === true;
  let shown = "";
  let asking = false;

  const clear = () => {
    if (shown !== "") stderr.write(clearLine);
    shown = "";
  };
  return {
    interactive: stdin.isTTY === true && rewritable,
    result(text) {
      clear();
      stdout.write(`${text}\n`);
    },
    raw(text) {
      clear();
      stdout.write(stdout.isTTY ? visibleText(text) : text);
    },
    document(value) {
      clear();
      stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    note(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    status(text) {
      if (!rewritable || asking) return;
      shown = text.slice(0, Math.max(20, (stderr.columns || 80) - 1));
      stderr.write(clearLine + shown);
    },
    async ask(question, signal) {
      clear();
      asking = true;
      const lines = createInterface({ input: stdin, output: stderr });
      // The interface takes Ctrl-C for itself: hand it on to whoever decides what leaving means.
      lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
      const closed = new AbortController();
      lines.on("close", () => closed.abort(new AppError("cancelled", "The terminal was closed.")));
      try {
        return await lines.question(question, { signal: AbortSignal.any([signal, closed.signal]) });
      } finally {
        asking = false;
        lines.close();
      }
    },
    isAsking: () => asking,
  };
}
