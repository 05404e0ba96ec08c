import { setTimeout as delay } from "node:timers/promises";
import type { EventFeed, Page, Told } from "./event-feed.ts";
import { Refusal } from "./refusal.ts";

const heartbeatMs = 15_000;
/** How long a client waits before it comes back, when a stream ends. */
const retryMs = 2_000;
/** How many streams there may be at the same time. */
const mostStreams = 100;

export interface Following {
  readonly feed: Pick<EventFeed, "read" | "news">;
  readonly cursor: string;
  readonly wants: (told: Told) => boolean;
  /** Whether nothing can come after this place any more. */
  readonly isOver: (cursor: string) => Promise<boolean>;
}

/**
 * Entries as server-sent events (WHATWG HTML, section 9.2) from a place on: each is there once and in order, with its
 * place as `id`. Where entries are no longer kept, the event `gap` says so instead of silence.
 */
export async function* serverSentEvents(following: Following, signal: AbortSignal): AsyncGenerator<string> {
  const { feed, wants, isOver } = following;
  let { cursor } = following;
  yield `retry: ${retryMs}\n:\n\n`;
  while (!signal.aborted) {
    const page = await readPage(following, cursor);
    if (page === undefined) {
      // Redis is away. A stream that ended now would come back to an error, after which browsers give up.
      yield ":\n\n";
      await delay(1_000, undefined, { signal }).catch(() => {});
      continue;
    }
    const text = `${page.isGap ? gap(page) : ""}${page.entries.filter(wants).map(asEvent).join("")}`;
    if (text !== "") yield text;
    const isEnd = page.next === cursor;
    cursor = page.next;
    if (!isEnd) continue;
    if (await isOver(cursor).catch(() => false)) return;
    if (!(await feed.news(cursor, heartbeatMs, signal)) && !signal.aborted) yield ":\n\n";
  }
}

function readPage({ feed }: Following, cursor: string): Promise<Page | undefined> {
  return feed.read(cursor).catch(() => undefined);
}

function asEvent({ cursor, json }: Told): string {
  return `id: ${cursor}\ndata: ${json}\n\n`;
}

function gap({ entries, next }: Page): string {
  return `event: gap\ndata: ${JSON.stringify({ until: entries[0]?.cursor ?? next })}\n\n`;
}

/** Those who follow now. */
export class EventStreams {
  #count = 0;

  /** A stream that is pulled: while its reader takes nothing, nothing is read for it. */
  answer(following: Following, stopping: AbortSignal): Response {
    if (this.#count >= mostStreams) {
      const headers = { "retry-after": "5" };
      throw new Refusal(429, "too-many-requests", `There are ${mostStreams} streams already. Close one.`, { headers });
    }
    this.#count += 1;
    const gone = new AbortController();
    const texts = serverSentEvents(following, AbortSignal.any([gone.signal, stopping]));
    const encoder = new TextEncoder();
    const release = () => {
      if (!gone.signal.aborted) this.#count -= 1;
      gone.abort();
    };
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await texts.next();
          if (!done) return controller.enqueue(encoder.encode(value));
          release();
          controller.close();
        },
        cancel: release,
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { "content-type": "text/event-stream", "transfer-encoding": "chunked" } });
  }
}
