import { AppError } from "../core/error.ts";
import { startPhone } from "../emulators/phone/server.ts";
import type { DetectedSandbox } from "../platform/sandbox/detect.ts";
import { endOf } from "./chargehand-process.ts";
import { printChat } from "./chat-printer.ts";
import { openInBrowser } from "./open-in-browser.ts";
import { openStage, type Stage, type StageOptions } from "./stage.ts";
import { playStory } from "./story.ts";
import { suggestions } from "./suggestions.ts";

export interface DemoOptions extends Pick<StageOptions, "keep"> {
  readonly port: number;
  /** Shows the page where there is a desktop. */
  readonly open: boolean;
  readonly print: (text: string) => void;
}

/** The demo for a person: a phone in the browser, until the signal says stop. */
export async function runDemo({ port, open, keep, print }: DemoOptions, signal: AbortSignal): Promise<void> {
  await using stage = await openStage({ thinkMs: 600, keep }, signal);
  const tasks = Object.values(suggestions).map(({ text }) => text);
  await using phone = await startPhone({ botApi: stage.botApi, person: stage.ann, suggestions: tasks, port });
  print(welcome(stage, phone.url));
  if (open) await openInBrowser(phone.url);
  await aborted(AbortSignal.any([signal, stage.ended]));
  if (!signal.aborted) throw stage.ended.reason;
}

const deadlineMs = 120_000;

/** The demo for nobody: the whole story, told as text. Throws when anything is not as it should be. */
export async function runDemoAlone(
  { keep, print }: Pick<DemoOptions, "keep" | "print">,
  signal: AbortSignal,
): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  await using stage = await openStage({ thinkMs: 0, keep }, deadline);
  const stopPrinting = printChat(stage, print);
  try {
    await playStory(stage, AbortSignal.any([deadline, stage.ended]));
  } catch (error) {
    throw await withLog(error, stage);
  } finally {
    stopPrinting();
  }
}

function welcome({ main, home, logFile, sandbox }: Stage, url: string): string {
  return `Chargehand is at work on a sample project. The bot, the daemon and the harness are the real ones; Telegram,
the model and the coding engine are played on this machine: no account, no key, no network, no cost.

  Your phone   ${url}
  The project  ${main}
  The log      ${logFile}
  A terminal   CHARGEHAND_HOME=${home} ./chargehand status

Tap one of the suggested tasks, watch the card, then tap Diff and Merge. Ctrl-C ends it and leaves nothing behind.${
    sandbox.kind === "none" ? `\n\n${withoutSandbox(sandbox)}` : ""
  }`;
}

function withoutSandbox({ reason, remedy }: DetectedSandbox): string {
  return `No sandbox works on this machine, so commands that run code will ask you first. ${reason} ${remedy}`;
}

/** What went wrong, and what Chargehand itself said last. */
async function withLog(error: unknown, { logFile, ended }: Stage): Promise<unknown> {
  if (error === ended.reason) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError("internal", `${message}\n\n${await endOf(logFile)}`, { cause: error });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
