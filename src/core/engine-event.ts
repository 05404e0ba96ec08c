import { z } from "zod";

/**
 * Tokens of one engine run or one model call. Cached tokens are a part of the input tokens; `usd` is absent where the
 * price is not known.
 */
export const Usage = z.object({
  inputTokens: z.number().int().nonnegative(),
  cachedInputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  usd: z.number().nonnegative().optional(),
});
export type Usage = z.infer<typeof Usage>;

/** An engine's own name for a conversation that can be gone on with. It is kept with the job, so it is short. */
const ThreadId = z.string().max(200);

/**
 * What any coding engine says of its run, in three kinds. Nothing here is believed: it is shown on the card, and the
 * job is judged by its files. An event of an engine that we do not know becomes an `action` of kind `other`.
 */
export const EngineEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("started"), threadId: ThreadId.optional(), model: z.string().optional() }),
  z.object({
    type: z.literal("action"),
    id: z.string(),
    kind: z.enum(["command", "edit", "message", "tool", "retry", "other"]),
    title: z.string(),
    phase: z.enum(["started", "completed"]),
    ok: z.boolean().optional(),
  }),
  z.object({
    type: z.literal("completed"),
    ok: z.boolean(),
    answer: z.string(),
    error: z.string().optional(),
    /** Failures that have an answer: wait or take another engine; forget the thread and start a fresh one. */
    failure: z.enum(["limited", "thread-lost"]).optional(),
    threadId: ThreadId.optional(),
    usage: Usage.optional(),
  }),
]);
export type EngineEvent = z.infer<typeof EngineEvent>;
