import type { EngineEvent } from "./engine-event.ts";

/** Threads of engines that gave nothing when they were gone on with, and one more if this event says so. */
export function addLostThread(lost: readonly string[] = [], event: EngineEvent): string[] {
  if (event.type !== "completed" || event.failure !== "thread-lost" || event.threadId === undefined) return [...lost];
  return [...new Set([...lost, event.threadId])];
}
