import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { AppError } from "../../core/error.ts";
import { isTerminal } from "../../core/job.ts";
import { JobId } from "../../core/task.ts";
import { answer, inWords } from "../answer.ts";
import { callerOf } from "../caller.ts";
import type { McpDeps } from "../deps.ts";
import { findJob } from "../find-job.ts";

/** `cancel`: stops a job. */
export function registerCancel(server: McpServer, deps: McpDeps): void {
  const { desk, note } = deps;
  server.registerTool(
    "cancel",
    {
      title: "Stop a job",
      description:
        "Stops a job, whether it is queued, running or waiting. What it has made so far is kept for recovery.",
      inputSchema: { jobId: z.string().max(40) },
      outputSchema: { jobId: JobId, recorded: z.boolean() },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ jobId: typed }) =>
      inWords(note, async () => {
        const { jobId, status } = await findJob(deps, typed);
        if (isTerminal(status) && status !== "cancelled") {
          throw new AppError("conflict", `Job ${jobId} has ended (${status}); there is nothing to cancel.`);
        }
        await desk.decide({ type: "cancel", jobId, by: callerOf(server, deps) });
        return answer({ jobId, recorded: true });
      }),
  );
}
