import { z } from "zod";
import { LedgerEntry } from "../../core/event.ts";
import { isTerminal } from "../../core/job.ts";
import { Cursor, isAfter } from "../cursor.ts";
import type { HttpDeps } from "../deps.ts";
import { operation, type Unread } from "../operation.ts";
import { Refusal } from "../refusal.ts";
import { knownJob } from "./jobs.ts";
import { JobPath } from "./views.ts";

const From = z.strictObject({
  cursor: Cursor.optional().meta({
    description: "Go on after the event with this id. The header Last-Event-ID, which browsers send, goes before it.",
  }),
});

const contentType = "text/event-stream";
const stream = {
  description:
    "Server-sent events: `data` is a LedgerEntry as JSON, `id` its place. The event `gap` says that events before `until` are no longer kept.",
  schema: z.string().meta({ id: "EventStream", description: "Its data are LedgerEntry documents." }),
  contentType,
};

/** What a stream is made of, for those who read the document. */
export const StreamedEntry = LedgerEntry.meta({ id: "LedgerEntry" });

export const followAll = operation({
  id: "followAll",
  method: "GET",
  path: "/api/events",
  summary: "What happens to all jobs, from now on or after a cursor; 0 is the oldest that is kept.",
  access: "look",
  usesRedis: false,
  query: From,
  answers: { 200: stream },
  refusals: { 429: "There are too many streams, or too many wrong tokens came from this address." },
  handle({ feed, streams, stopping }, { query, unread }) {
    if (unread.isHead) return headOfStream();
    const cursor = lastEventId(unread) ?? query.cursor ?? feed.newest;
    return streams.answer({ feed, cursor, wants: () => true, isOver: async () => false }, stopping);
  },
});

/** Clocks of a daemon and of Redis may differ by this much. */
const clockSlackMs = 10 * 60_000;

export const followJob = operation({
  id: "followJob",
  method: "GET",
  path: "/api/jobs/{id}/events",
  summary: "What happens to one job, from its beginning or after a cursor, until it has ended.",
  access: "look",
  usesRedis: true,
  params: JobPath,
  query: From,
  answers: {
    200: stream,
    204: { description: "The job has ended, and there is nothing after the cursor: do not come back." },
  },
  refusals: { 429: "There are too many streams, or too many wrong tokens came from this address." },
  async handle(deps, { params, query, unread }) {
    const job = await knownJob(deps, params.id);
    if (unread.isHead) return headOfStream();
    const given = lastEventId(unread) ?? query.cursor;
    const oldest = Math.max(0, Date.parse(job.queuedAt) - clockSlackMs);
    const cursor = given === undefined || isAfter(`${oldest}-0`, given) ? `${oldest}-0` : given;
    const wants = ({ jobId }: { jobId: string }) => jobId === params.id;
    if (isTerminal(job.status) && !(await hasMore(deps, cursor, wants))) return new Response(null, { status: 204 });
    const isOver = async () => isTerminal((await deps.desk.job(params.id))?.status ?? "queued");
    return deps.streams.answer({ feed: deps.feed, cursor, wants, isOver }, deps.stopping);
  },
});

async function hasMore({ feed }: HttpDeps, cursor: string, wants: (told: { jobId: string }) => boolean) {
  for (let after = cursor; ; ) {
    const { entries, next } = await feed.read(after);
    if (entries.some(wants)) return true;
    if (next === after) return false;
    after = next;
  }
}

function lastEventId({ header }: Unread): string | undefined {
  const id = header("last-event-id");
  if (id === undefined || id === "") return undefined;
  const read = Cursor.safeParse(id);
  if (read.success) return read.data;
  const message = "must be the id of an event";
  throw new Refusal(400, "bad-input", `The header Last-Event-ID ${message}.`, {
    fields: [{ path: "Last-Event-ID", message }],
  });
}

function headOfStream(): Response {
  return new Response(null, { headers: { "content-type": contentType } });
}
