import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { homesAtWork } from "../../core/home.ts";
import { isTerminal } from "../../core/job.ts";
import { answer, inWords } from "../answer.ts";
import type { McpDeps } from "../deps.ts";
import { findJob } from "../find-job.ts";
import { JobView, viewOf, viewOfOrder } from "../views.ts";

/** `status`: one job, or how things stand. */
export function registerStatus(server: McpServer, deps: McpDeps): void {
  const { config, desk, note } = deps;
  server.registerTool(
    "status",
    {
      title: "How things stand",
      description: "One job, or without a jobId every job that has not ended, with what each asks.",
      inputSchema: { jobId: z.string().max(40).optional().describe("a job's id, or the beginning of it") },
      outputSchema: { daemons: z.number(), jobs: z.array(JobView) },
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ jobId }) =>
      inWords(note, async () => {
        const jobs = jobId === undefined ? await openJobs(deps) : [await findJob(deps, jobId)];
        return answer({ daemons: homesAtWork(await desk.roster()).length, jobs });
      }),
  );

  async function openJobs({ desk }: McpDeps): Promise<JobView[]> {
    const open = (await desk.jobs({ limit: 200 })).filter(({ status }) => !isTerminal(status));
    const orders = (await desk.orders()).filter(({ isCancelled }) => !isCancelled);
    return [...orders.map(viewOfOrder), ...open.map((job) => viewOf(job, config.mcp))];
  }
}
