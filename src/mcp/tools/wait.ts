import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import type { LedgerEntry } from "../../core/event.ts";
import { isTerminal } from "../../core/job.ts";
import { answer, inWords } from "../answer.ts";
import type { McpDeps } from "../deps.ts";
import type { Ear } from "../ear.ts";
import { findJob } from "../find-job.ts";
import { JobView } from "../views.ts";

/** `wait`: stays until a job has ended or asks something, and tells what happens meanwhile. */
export function registerWait(server: McpServer, deps: McpDeps, ear: Ear): void {
  server.registerTool(
    "wait",
    {
      title: "Wait for a job",
      description:
        "Stays until a job has ended or asks something, at most so long, and answers with how it stands then.",
      inputSchema: {
        jobId: z.string().max(40),
        timeoutSeconds: z.number().int().min(1).max(600).default(45),
      },
      outputSchema: { rests: z.boolean().describe("false: the time was over first"), job: JobView },
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ jobId, timeoutSeconds }, { signal, _meta, sendNotification }) =>
      inWords(deps.note, async () => {
        const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1_000)]);
        const progressToken = _meta?.progressToken;
        let progress = 0;
        const tell = (entry: LedgerEntry) => {
          const message = messageOf(entry);
          if (progressToken === undefined || message === undefined) return;
          progress += 1;
          const params = { progressToken, progress, message };
          void sendNotification({ method: "notifications/progress", params }).catch(() => {});
        };
        const job = await untilAtRest({ deps, ear, jobId, tell }, until);
        return answer({ rests: isAtRest(job), job });
      }),
  );
}

interface Waiting {
  readonly deps: McpDeps;
  readonly ear: Ear;
  readonly jobId: string;
  readonly tell: (entry: LedgerEntry) => void;
}

async function untilAtRest({ deps, ear, jobId, tell }: Waiting, until: AbortSignal): Promise<JobView> {
  let job = await findJob(deps, jobId);
  let next = Promise.withResolvers<void>();
  const stop = () => next.resolve();
  until.addEventListener("abort", stop, { once: true });
  using _listening = await ear.listen((entry) => {
    if (entry.jobId !== job.jobId) return;
    tell(entry);
    next.resolve();
  });
  // Looked at again once we listen: nothing that happened in between is missed.
  for (job = await findJob(deps, jobId); !isAtRest(job) && !until.aborted; job = await findJob(deps, jobId)) {
    await next.promise;
    next = Promise.withResolvers<void>();
    if (until.aborted) next.resolve();
  }
  return job;
}

function isAtRest({ status, questions }: JobView): boolean {
  return isTerminal(status) || questions.length > 0;
}

function messageOf({ event }: LedgerEntry): string | undefined {
  if (event.type === "step_started") return event.label;
  if (event.type === "step_progress") return event.event.type === "action" ? event.event.title : undefined;
  return event.type === "spent" || event.type === "step_finished" ? undefined : event.type.replaceAll("_", " ");
}
