import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { type ErrorCode, McpError, type ReadResourceResult } from "@modelcontextprotocol/sdk/types.js";
import type { JobState } from "../../core/job.ts";
import { JobId } from "../../core/task.ts";
import type { McpDeps } from "../deps.ts";
import { type JobViewName, jobUri, jobViews } from "./uris.ts";

interface View {
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
  readonly read: (deps: McpDeps, job: JobState) => Promise<string>;
}

const views: Record<JobViewName, View> = {
  state: {
    title: "State of a job",
    description: "Everything that is true of a job now, derived from its ledger.",
    mimeType: "application/json",
    read: async (_deps, job) => JSON.stringify(job, null, 2),
  },
  plan: {
    title: "What a job has set out to do",
    description: "Its order and the steps it has taken. No plan is written before the work.",
    mimeType: "application/json",
    read: async (_deps, job) => JSON.stringify(planOf(job), null, 2),
  },
  ledger: {
    title: "Ledger of a job",
    description: "Every event of a job, one JSON line each, every line carrying the hash of the one before.",
    mimeType: "application/x-ndjson",
    read: async ({ kept }, job) => {
      const entries = await kept.entries(job.id);
      if (entries.length === 0) throw notFound(`The ledger of job ${job.id} lies on the machine of its daemon.`);
      return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    },
  },
};

/** The newest jobs that a list shows; the others can be read by their ids. */
const listed = 20;

/** `chargehand://jobs/{jobId}/state`, `…/plan` and `…/ledger`. */
export function registerJobResources(server: McpServer, deps: McpDeps): void {
  for (const name of jobViews) {
    const { title, description, mimeType, read } = views[name];
    const template = new ResourceTemplate(`chargehand://jobs/{jobId}/${name}`, {
      list: async () => ({
        resources: (await deps.desk.jobs({ limit: listed })).map(({ id, submission, status }) => ({
          uri: jobUri(id, name),
          name: `${name} of ${id}`,
          title: `${id} (${status.replaceAll("_", " ")}): ${submission.text.slice(0, 60)}`,
          mimeType,
        })),
      }),
      complete: {
        jobId: async (typed) => {
          const ids = (await deps.desk.jobs({ limit: 1_000 })).map(({ id }) => id);
          return ids.filter((id) => id.startsWith(typed.toLowerCase()));
        },
      },
    });
    server.registerResource(`job-${name}`, template, { title, description, mimeType }, async (uri, { jobId }) =>
      text(uri, mimeType, await read(deps, await jobOf(deps, jobId))),
    );
  }
}

async function jobOf({ desk }: McpDeps, jobId: unknown): Promise<JobState> {
  const id = JobId.safeParse(jobId);
  const job = id.success ? await desk.job(id.data) : undefined;
  if (job === undefined)
    throw notFound(`There is no job "${String(jobId).slice(0, 40)}", or no daemon has taken it in yet.`);
  return job;
}

function planOf({ id, submission, status, iteration, maxIterations, steps, stepCount, base }: JobState): object {
  return {
    note: "No plan is written before the work: this is what was ordered, and the steps that were really taken.",
    jobId: id,
    order: submission.text,
    base,
    stages: ["run", "verify", "land"],
    status,
    attempt: iteration,
    attemptsAtMost: maxIterations,
    steps,
    stepsBeforeThese: stepCount - steps.length,
  };
}

/** -32002, as the specification of the protocol has it for a resource that does not exist. */
function notFound(sentence: string): McpError {
  return new McpError(-32002 as ErrorCode, sentence);
}

function text(uri: URL, mimeType: string, content: string): ReadResourceResult {
  return { contents: [{ uri: uri.href, mimeType, text: content }] };
}
