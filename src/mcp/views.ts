import { z } from "zod";
import { ApprovalSubject, Choice, choicesFor } from "../core/approval.ts";
import { JobState, pendingApprovals } from "../core/job.ts";
import type { McpConfig } from "../core/mcp-config.ts";
import { whyNotByAgent } from "../core/mcp-config.ts";
import { JobId, type OpenOrder } from "../core/task.ts";

const { status, iteration, maxIterations, queuedAt, endedAt, outcome, reason, spent } = JobState.shape;

/** A question of a job, and what of its answers is for an agent to give. */
const Question = z.object({
  approvalId: z.string(),
  subject: ApprovalSubject,
  choices: z.array(Choice),
  forAgents: z.array(Choice).describe("the answers that the operator lets an agent give over this protocol"),
});

/** A job as a tool tells of it. */
export const JobView = z.object({
  jobId: JobId,
  status,
  project: z.string(),
  text: z.string(),
  dueAt: z.string().optional(),
  iteration,
  maxIterations,
  queuedAt,
  endedAt,
  doing: z.string().optional().describe("the step that runs now"),
  questions: z.array(Question),
  outcome,
  reason,
  spent,
});
export type JobView = z.infer<typeof JobView>;

export function viewOf(job: JobState, mcp: McpConfig): JobView {
  const { id: jobId, submission, steps, ...rest } = job;
  const running = steps.findLast((step) => step.outcome === "running");
  const questions = pendingApprovals(job).map(({ id: approvalId, subject }) => {
    const choices = [...choicesFor[subject.type]];
    const forAgents = choices.filter((choice) => whyNotByAgent(mcp, choice) === undefined);
    return { approvalId, subject, choices, forAgents };
  });
  return JobView.parse({
    ...rest,
    jobId,
    project: submission.project,
    text: submission.text,
    ...(running && { doing: running.progress ?? running.label }),
    questions,
  });
}

/** An order that no daemon has taken in yet. */
export function viewOfOrder({ jobId, project, text, submittedAt, dueAt, isCancelled }: OpenOrder): JobView {
  const nothing = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, usd: 0 };
  const counts = { iteration: 0, maxIterations: 1, spent: nothing };
  return JobView.parse({
    jobId,
    project,
    text,
    dueAt,
    status: isCancelled ? "cancelled" : "queued",
    queuedAt: submittedAt,
    questions: [],
    ...counts,
  });
}
