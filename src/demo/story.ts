import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AppError } from "../core/error.ts";
import type { ChatMessage } from "../emulators/bot-api/chat.ts";
import { git } from "../platform/git.ts";
import type { Stage } from "./stage.ts";
import { suggestions } from "./suggestions.ts";

/** The whole way of one job, played by nobody: the order, the card, the result, the diff, the merge, and the proof. */
export async function playStory(stage: Stage, signal: AbortSignal): Promise<void> {
  const { ann, main } = stage;
  const before = await tipOf(main, signal);
  using _assent = allowWhatAsks(stage);

  ann.sends(suggestions.rounding.text);
  await seen(stage, "a card with a Cancel button", (message) => hasButton(message, "Cancel"), signal);
  const result = await seen(stage, "the result with a Merge button", (message) => hasButton(message, "Merge"), signal);
  if (!result.text.includes("All checks passed")) throw missing("the result says that all checks passed", result.text);

  await tap(stage, result, "Diff", signal);
  await seen(stage, "the diff with the rounding in it", (message) => showsDiff(stage, message), signal);

  await tap(stage, result, "Merge", signal);
  await seen(
    stage,
    "the news that it was merged",
    ({ text }) => /merged into main|is on main|Merged/.test(text),
    signal,
  );
  await proveMerge(main, before, signal);
}

/** Where no sandbox works, commands that run code ask first: somebody has to say yes. */
function allowWhatAsks({ botApi, ann }: Stage): Disposable {
  const answered = new Set<number>();
  const stop = botApi.onChange(() => {
    const question = ann.chat.messages.find((message) => !answered.has(message.id) && hasButton(message, "Allow once"));
    if (question === undefined) return;
    answered.add(question.id);
    ann.taps(question, "Allow once");
  });
  return { [Symbol.dispose]: stop };
}

/** Git and the tests say it, not the chat. */
async function proveMerge(main: string, before: string, signal: AbortSignal): Promise<void> {
  const line = await git(["rev-list", "--parents", "--max-count=1", "main"], { cwd: main }, signal);
  const [, first, second] = line.trim().split(" ");
  if (first !== before || second === undefined) throw missing("main is one merge commit further", line);
  const status = await git(["status", "--porcelain"], { cwd: main }, signal);
  if (status !== "") throw missing("the checkout of main is clean", status);
  await promisify(execFile)(process.execPath, ["--test"], { cwd: main, env: {}, signal }).catch((error: unknown) => {
    throw missing("the tests pass on main", error instanceof Error ? error.message : String(error));
  });
}

async function tipOf(main: string, signal: AbortSignal): Promise<string> {
  return (await git(["rev-parse", "refs/heads/main"], { cwd: main }, signal)).trim();
}

async function seen(
  { botApi, ann }: Stage,
  what: string,
  isIt: (message: ChatMessage) => boolean,
  signal: AbortSignal,
): Promise<ChatMessage> {
  const fromBot = () => ann.chat.messages.find((message) => message.from.is_bot && isIt(message));
  return botApi.until(fromBot, { timeoutMs: 100_000, signal }).catch((error: unknown) => {
    if (error instanceof AppError && error.code !== "timeout") throw error;
    throw missing(what, error instanceof Error ? error.message : String(error));
  });
}

async function tap({ botApi, ann }: Stage, message: ChatMessage, button: string, signal: AbortSignal): Promise<void> {
  const pressed = ann.taps(message, button);
  await botApi.until(() => pressed.answer, { timeoutMs: 30_000, signal });
}

function hasButton({ keyboard }: ChatMessage, name: string): boolean {
  return keyboard.flat().some(({ text }) => text === name);
}

function showsDiff({ botApi }: Stage, { text, attachment }: ChatMessage): boolean {
  const file = attachment && botApi.file(attachment.fileId);
  return text.includes("Math.round") || Buffer.from(file ?? []).includes("Math.round");
}

function missing(expected: string, instead: string): AppError {
  return new AppError("internal", `Expected: ${expected}.\nInstead:\n${instead}`);
}
