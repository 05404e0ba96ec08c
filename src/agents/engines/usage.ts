import type { Usage } from "../../core/engine-event.ts";

export const noUsage: Usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

export function addUsage(one: Usage, other: Usage): Usage {
  const usd = one.usd === undefined && other.usd === undefined ? undefined : (one.usd ?? 0) + (other.usd ?? 0);
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    ...(usd !== undefined && { usd }),
  };
}

/**
 * What a thread's total holds beyond what was counted before. A total that is smaller than that began again at zero,
 * and then all of it is new.
 */
export function newUsage(total: Usage, counted: Usage = noUsage): Usage {
  const beyond = (now: number, before: number) => (now >= before ? now - before : now);
  return {
    inputTokens: beyond(total.inputTokens, counted.inputTokens),
    cachedInputTokens: beyond(total.cachedInputTokens, counted.cachedInputTokens),
    outputTokens: beyond(total.outputTokens, counted.outputTokens),
    ...(total.usd !== undefined && { usd: beyond(total.usd, counted.usd ?? 0) }),
  };
}
