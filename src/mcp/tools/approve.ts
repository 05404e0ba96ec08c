import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { type Approval, Choice, choicesFor } from "../../core/approval.ts";
import { AppError } from "../../core/error.ts";
import { type JobState, pendingApprovals } from "../../core/job.ts";
import { whyNotByAgent } from "../../core/mcp-config.ts";
import { Decision } from "../../core/queue.ts";
import { JobId } from "../../core/task.ts";
import { answer, inWords } from "../answer.ts";
import { callerOf } from "../caller.ts";
import type { McpDeps } from "../deps.ts";
import { findState } from "../find-job.ts";

/** `approve`: answers a question of a job, as far as the operator lets an agent do that. */
export function registerApprove(server: McpServer, deps: McpDeps): void {
  const { config, desk, note } = deps;
  const allowed = config.mcp.mayApprove.join(" and ") || "nothing";
  server.registerTool(
    "approve",
    {
      title: "Answer a question",
      description: `Answers what a job asks. To deny, to discard and to ask for a change is always possible; an agent may approve ${allowed} here, the rest is for a person.`,
      inputSchema: {
        jobId: z.string().max(40),
        approvalId: z.string().max(40).optional().describe("which question, when the job asks several"),
        choice: Choice,
        advice: z
          .string()
          .max(2_000)
          .optional()
          .describe("with deny: what to do instead; with change: what should be different"),
      },
      outputSchema: { jobId: JobId, approvalId: z.string(), choice: Choice, recorded: z.boolean() },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ jobId: typed, approvalId: named, choice, advice }) =>
      inWords(note, async () => {
        const refusal = whyNotByAgent(config.mcp, choice);
        if (refusal !== undefined) throw new AppError("not-allowed", refusal);
        if (choice === "change" && !advice?.trim())
          throw new AppError("bad-input", "Say in advice what should be different.");
        const job = await findState(deps, typed);
        const { id: approvalId } = questionFor(job, named, choice);
        const by = callerOf(server, deps);
        const decision = { type: "settle", jobId: job.id, approvalId, choice, by, ...(advice && { advice }) } as const;
        const { recorded, first } = await desk.decide(Decision.parse(decision));
        if (!recorded && first.type === "settle") throw answeredBefore(first);
        return answer({ jobId: job.id, approvalId, choice, recorded });
      }),
  );
}

function questionFor(job: JobState, named: string | undefined, choice: Choice): Approval {
  const fits = ({ id, subject }: Approval) => {
    const choices: readonly Choice[] = choicesFor[subject.type];
    return choices.includes(choice) && (named === undefined || id === named);
  };
  const [question, second] = pendingApprovals(job).filter(fits);
  if (question === undefined) {
    throw new AppError(
      "conflict",
      `Job ${job.id} asks nothing that "${choice}" would answer; it is ${job.status.replaceAll("_", " ")}.`,
    );
  }
  if (second === undefined) return question;
  throw new AppError("conflict", `Job ${job.id} asks several things. Name one by approvalId; "status" lists them.`);
}

function answeredBefore({ by, choice }: Extract<Decision, { type: "settle" }>): AppError {
  return new AppError("conflict", `${by.name} answered before: ${choice.replaceAll("_", " ")}.`);
}
