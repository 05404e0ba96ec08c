import type { Redis } from "ioredis";
import type { LedgerEntry } from "../../core/event.ts";
import { keys } from "../../core/queue.ts";
import { followEntries } from "../../platform/job-desk.ts";
import { isStoreAway } from "../../platform/store-away.ts";
import type { BotParts } from "../parts.ts";
import { redactJob } from "../redact-job.ts";
import { pause } from "../telegram.ts";
import { type Announcement, announcements } from "./announce.ts";
import type { Cards } from "./cards.ts";

export interface FeedDeps extends BotParts {
  readonly cards: Cards;
  readonly redis: Redis;
  /** Opens a connection that may be blocked. */
  readonly openReader: (signal: AbortSignal) => Promise<Redis>;
}

/**
 * Turns what happens to jobs into messages. The place in the stream moves on only when what an entry asks for is in the
 * outbox, so that nothing is left untold by a crash.
 */
export async function followJobs(deps: FeedDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await readOn(deps, signal);
    } catch (error) {
      if (signal.aborted) break;
      deps.log.warn({ err: error }, "the jobs' events cannot be read; trying again");
      await pause(1_000, signal);
    }
  }
}

async function readOn(deps: FeedDeps, signal: AbortSignal): Promise<void> {
  const cursor = await placeInStream(deps);
  const reader = await deps.openReader(signal);
  try {
    for await (const followed of followEntries(reader, cursor, signal)) {
      await tell(deps, followed.entry);
      await deps.memory.setCursor(followed.cursor);
    }
  } finally {
    reader.disconnect();
  }
}

/** Where to go on. A bot that was never here begins with what happens next; a crash must not move that place. */
export async function placeInStream({ redis, memory }: Pick<FeedDeps, "redis" | "memory">): Promise<string> {
  const known = await memory.cursor();
  if (known !== null) return known;
  const [newest] = await redis.xrevrange(keys.events, "+", "-", "COUNT", 1);
  const cursor = newest?.[0] ?? "0-0";
  await memory.setCursor(cursor);
  return cursor;
}

async function tell(deps: FeedDeps, entry: LedgerEntry): Promise<void> {
  deps.cards.touch(entry.jobId);
  if (!isWorthReading(entry)) return;
  try {
    const job = await deps.desk.job(entry.jobId);
    if (job === undefined) return;
    const told = announcements(entry, redactJob(job, deps.redact), Date.now());
    for (const announcement of told) await announce(deps, announcement);
  } catch (error) {
    if (await isStoreAway(deps.redis, error)) throw error;
    deps.log.error({ err: error, jobId: entry.jobId, event: entry.event.type }, "an event could not be told");
  }
}

/** Most entries are progress, which only the card shows. */
function isWorthReading({ event }: LedgerEntry): boolean {
  return !["step_started", "step_progress", "step_finished", "spent", "check_finished"].includes(event.type);
}

async function announce({ outbox }: FeedDeps, { message, how }: Announcement): Promise<void> {
  if (how === "once") return outbox.post(message);
  if (how === "show" || (await outbox.has(message.key))) await outbox.show(message);
}
