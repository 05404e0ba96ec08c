import { generateText, type LanguageModel, type ToolCallPart, tool } from "ai";
import { z } from "zod";
import type { Usage } from "../core/engine-event.ts";
import { AppError } from "../core/error.ts";
import type { Conversation } from "./conversation.ts";
import { modelFailure } from "./model.ts";

export const RepoCommand = z.object({
  worktree: z.string().describe("Folder name of the worktree to run in, for example main or the task's own."),
  command: z.string().describe("One command. No shell: no pipes, redirections, variables or globs outside quotes."),
});
export type RepoCommand = z.infer<typeof RepoCommand>;

export type CommandAnswer =
  | { readonly type: "answered"; readonly text: string }
  | { readonly type: "waiting"; readonly approvalId: string };

export interface CommandCall extends RepoCommand {
  readonly id: string;
  /** To be awaited right before the command starts: from then on it may have had an effect. */
  readonly beforeStart: () => Promise<void>;
}

export interface Orchestration {
  readonly model: LanguageModel;
  readonly instructions: string;
  readonly conversation: Conversation;
  readonly runCommand: (call: CommandCall, signal: AbortSignal) => Promise<CommandAnswer>;
  readonly onUsage: (usage: Usage) => Promise<void>;
  readonly maxTurns: number;
  readonly modelTimeoutMs: number;
}

export type OrchestrationEnd = { readonly type: "ended"; readonly words: string } | { readonly type: "waiting" };

/**
 * Leads one job until the model stops calling its tool, or until a call waits for a person. It may be called again
 * with the same conversation at any time, after an answer or after a crash, and goes on where it was.
 */
export async function orchestrate(run: Orchestration, signal: AbortSignal): Promise<OrchestrationEnd> {
  const { conversation } = run;
  for (;;) {
    signal.throwIfAborted();
    if (conversation.openCalls.length > 0) {
      if (!(await answerCalls(run, signal))) return { type: "waiting" };
      continue;
    }
    const words = conversation.closingWords;
    if (words !== undefined) return { type: "ended", words };
    if (conversation.turns >= run.maxTurns) {
      throw new AppError("model-garbage", `The orchestrator did not come to an end within ${run.maxTurns} turns.`);
    }
    await takeTurn(run, signal);
  }
}

/** The tool has no `execute`: its calls are ours to journal, to hold for a person and to repeat or not. */
const tools = {
  run_repo_command: tool({
    description: "Run one allowlisted command in one worktree of this job.",
    inputSchema: RepoCommand,
  }),
};

async function takeTurn(run: Orchestration, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(run.modelTimeoutMs);
  const answer = await generateText({
    model: run.model,
    instructions: run.instructions,
    messages: [...run.conversation.messages],
    tools,
    maxRetries: 2,
    abortSignal: AbortSignal.any([signal, deadline]),
    // What is said stays between us and the model: the provider keeps no copy to refer to.
    providerOptions: { openai: { store: false } },
  }).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    if (deadline.aborted)
      throw new AppError("model-unavailable", "The model did not answer in time. Try again later.", { cause: error });
    throw modelFailure(error);
  });
  const { inputTokens, inputTokenDetails, outputTokens } = answer.usage;
  await run.onUsage({
    inputTokens: inputTokens ?? 0,
    cachedInputTokens: inputTokenDetails.cacheReadTokens ?? 0,
    outputTokens: outputTokens ?? 0,
  });
  if (answer.text.trim() === "" && answer.toolCalls.length === 0) {
    throw new AppError("model-garbage", "The model answered nothing: neither words nor a command.");
  }
  await run.conversation.add(...answer.responseMessages);
}

/** Answers every open call, or as many as can be answered without a person; false when some still wait. */
async function answerCalls(run: Orchestration, signal: AbortSignal): Promise<boolean> {
  const calls = run.conversation.openCalls;
  const answers = new Map<string, CommandAnswer>();
  // Different worktrees work at the same time; commands in one worktree come one after the other.
  const lanes = Map.groupBy(calls, worktreeOf);
  await together([...lanes.values()], signal, async (lane, laneSignal) => {
    for (const call of lane) {
      const answer = await answerCall(run, call, laneSignal);
      answers.set(call.toolCallId, answer);
      if (answer.type === "waiting") return;
    }
  });
  const results = calls.map((call) => ({ call, answer: answers.get(call.toolCallId) }));
  const finished = results.flatMap(({ call, answer }) =>
    answer?.type === "answered" ? [{ call, text: answer.text }] : [],
  );
  if (finished.length < calls.length) return false;
  await run.conversation.answer(finished);
  return true;
}

/** Does all at once. When one fails the others are stopped, and waited for: nothing goes on behind the failure. */
async function together<T>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
) {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const stopping = (error: unknown) => {
    failure.abort(error);
    throw error;
  };
  await Promise.allSettled(items.map((item) => work(item, either).catch(stopping)));
  failure.signal.throwIfAborted();
}

async function answerCall(run: Orchestration, call: ToolCallPart, signal: AbortSignal): Promise<CommandAnswer> {
  const { conversation } = run;
  const record = conversation.call(call.toolCallId);
  if (record?.status === "finished") return { type: "answered", text: record.text };
  const answer = record?.status === "started" ? interrupted : await execute(run, call, signal);
  if (answer.type === "answered") await conversation.note(call.toolCallId, { status: "finished", text: answer.text });
  else await conversation.note(call.toolCallId, { status: "waiting", approvalId: answer.approvalId });
  return answer;
}

const interrupted: CommandAnswer = {
  type: "answered",
  text: "interrupted: Chargehand stopped while this command ran. It may have done part of its work: inspect before repeating it.",
};

async function execute(run: Orchestration, call: ToolCallPart, signal: AbortSignal): Promise<CommandAnswer> {
  const input = RepoCommand.safeParse(call.input);
  if (call.toolName !== "run_repo_command" || !input.success) {
    return {
      type: "answered",
      text: 'not run: call run_repo_command with {"worktree": "…", "command": "…"}, both strings.',
    };
  }
  const id = call.toolCallId;
  return run.runCommand(
    { ...input.data, id, beforeStart: () => run.conversation.note(id, { status: "started" }) },
    signal,
  );
}

function worktreeOf(call: ToolCallPart): string {
  const input = RepoCommand.safeParse(call.input);
  return input.success ? input.data.worktree : "";
}
