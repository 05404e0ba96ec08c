import { z } from "zod";
import type { Usage } from "./engine-event.ts";

/** Tokens and cost that add up; what has no known price adds nothing to the cost. */
export const Spent = z.object({
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  outputTokens: z.number(),
  usd: z.number(),
});
export type Spent = z.infer<typeof Spent>;

/** By the id of an engine's thread. The ids are an engine's words, so they are no safe names of properties. */
export const SpentByThread = z.record(z.string(), Spent);
export type SpentByThread = z.infer<typeof SpentByThread>;

export const nothingSpent: Spent = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, usd: 0 };

export function addUsage(total: Spent, usage: Usage): Spent {
  return {
    inputTokens: total.inputTokens + usage.inputTokens,
    cachedInputTokens: total.cachedInputTokens + usage.cachedInputTokens,
    outputTokens: total.outputTokens + usage.outputTokens,
    usd: total.usd + (usage.usd ?? 0),
  };
}

export function spentBy(threadId: string, threads: SpentByThread = {}): Spent | undefined {
  return Object.hasOwn(threads, threadId) ? threads[threadId] : undefined;
}

export function addToThread(threadId: string, usage: Usage, threads: SpentByThread = {}): SpentByThread {
  return { ...threads, [threadId]: addUsage(spentBy(threadId, threads) ?? nothingSpent, usage) };
}
