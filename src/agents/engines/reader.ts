import type { EngineEvent, Usage } from "../../core/engine-event.ts";
import { visibleText } from "../../platform/visible-text.ts";
import type { EngineExit, EngineOrder, EngineReader, EngineRun } from "./engine.ts";

export type EngineAction = Extract<EngineEvent, { type: "action" }>;

/** What a run has told of itself so far. Translators write it down; the reader makes the first and last event of it. */
export interface RunNotes {
  threadId?: string;
  model?: string;
  /** The newest message: when the run is over, its answer. */
  answer: string;
  /** How the engine itself called the end of its run. */
  outcome?: { readonly ok: boolean; readonly error?: string };
  /** An error that need not be the end: it is forgotten when the run goes on. */
  trouble?: string;
  usage?: Usage;
}

/** The actions that a line stands for, or nothing when it is not understood. */
export type Translate<Line> = (line: Line, notes: RunNotes) => EngineAction[] | undefined;

/** For engines that print one JSON value a line. */
export function jsonLines(translate: Translate<unknown>): Translate<string> {
  return (line, notes) => {
    const value = parseJson(line);
    return value === undefined ? undefined : translate(value, notes);
  };
}

export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What the readers of all engines have in common. */
export function createReader(translate: Translate<string>, { order, worktreePath }: EngineRun): EngineReader {
  const notes: RunNotes = { answer: "" };
  let lines = 0;
  let hasStarted = false;

  const begin = (actions: readonly EngineAction[]): EngineEvent[] => {
    if (hasStarted || (notes.threadId === undefined && actions.length === 0)) return [...actions];
    hasStarted = true;
    const { threadId, model } = notes;
    return [{ type: "started", ...(threadId && { threadId }), ...(model && { model }) }, ...actions];
  };

  return {
    read(line) {
      lines += 1;
      if (line.trim() === "") return [];
      const actions = translate(line, notes) ?? [unknownAction(`line-${lines}`, line)];
      if (!actions.every(isAnotherTry)) delete notes.trouble;
      return begin(actions.map((action) => ({ ...action, title: relativeTo(worktreePath, action.title) })));
    },
    end(exit) {
      const started: EngineEvent[] = hasStarted
        ? []
        : [{ type: "started", ...(notes.threadId && { threadId: notes.threadId }) }];
      return [...started, completion(notes, exit, order.resume)];
    },
  };
}

/** Of events, those that only say that the engine tries again. */
export function isAnotherTry(event: EngineEvent): boolean {
  return event.type === "action" && event.kind === "retry";
}

/** A newer engine may say what we do not know yet: that is shown instead of silence. */
function unknownAction(id: string, line: string): EngineAction {
  const title = parseJson(line) === undefined ? line : `Not understood: ${line}`;
  return { type: "action", id, kind: "other", title: titleOf(title), phase: "completed" };
}

function relativeTo(worktreePath: string | undefined, title: string): string {
  return worktreePath ? title.replaceAll(`${worktreePath}/`, "") : title;
}

const titleLength = 200;
const answerLength = 16_000;

/** One short line for a card. */
export function titleOf(text: string): string {
  const line = visibleText(text.slice(0, 4 * titleLength))
    .replace(/\s+/g, " ")
    .trim();
  return line.length > titleLength ? `${line.slice(0, titleLength - 1).toWellFormed()}…` : line;
}

function completion(notes: RunNotes, exit: EngineExit, resume: EngineOrder["resume"]): EngineEvent {
  const isResumed = resume !== undefined;
  const threadId = notes.threadId ?? (typeof resume === "object" ? resume.threadId : undefined);
  const error = errorOf(notes, exit, isResumed);
  const failure = error === undefined ? undefined : failureOf(error, isResumed);
  return {
    type: "completed",
    ok: error === undefined,
    answer: notes.answer.slice(0, answerLength).toWellFormed(),
    ...(error !== undefined && { error: error.slice(0, answerLength) }),
    ...(failure && { failure }),
    ...(threadId && { threadId }),
    ...(notes.usage && { usage: notes.usage }),
  };
}

/** Why a run was no success, or nothing. Exit code 0 is not enough: the engine must have come to its own end. */
function errorOf(notes: RunNotes, { exitCode, stderr, reason }: EngineExit, isResumed: boolean): string | undefined {
  const said = notes.outcome?.error ?? notes.trouble;
  if (reason !== undefined) return said ? `${reason}. It said: ${said}` : reason;
  if (notes.outcome?.ok === true && exitCode === 0) {
    return isResumed && notes.answer.trim() === "" ? emptyResume : undefined;
  }
  if (said) return said;
  if (stderr.trim() !== "") return visibleText(stderr).trim().slice(-1_000);
  if (exitCode === 0) return "The engine stopped before it came to an end.";
  return exitCode === null ? "The engine was ended." : `The engine ended with exit code ${exitCode}.`;
}

const emptyResume = "The resumed thread gave no answer; a fresh one is needed.";

/** How the engines say that there is no such thread. */
const lostThread = /no rollout found|no conversation found|session not found|thread not found/i;
const limited = /\b429\b|rate.?limit|usage limit|quota|too many requests|overloaded|credit balance|out of credits/i;

function failureOf(error: string, isResumed: boolean): "limited" | "thread-lost" | undefined {
  if (isResumed && (error === emptyResume || lostThread.test(error))) return "thread-lost";
  return limited.test(error) ? "limited" : undefined;
}
