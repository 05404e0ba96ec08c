import { z } from "zod";
import { ApprovalId, Choice, choicesFor } from "../../core/approval.ts";
import { isTerminal } from "../../core/job.ts";
import type { Decision } from "../../core/queue.ts";
import type { HttpDeps } from "../deps.ts";
import { jsonBody, operation } from "../operation.ts";
import { Refusal } from "../refusal.ts";
import { knownJob } from "./jobs.ts";
import { JobPath, Taken, tokenHolder } from "./views.ts";

export const cancelJob = operation({
  id: "cancelJob",
  method: "POST",
  path: "/api/jobs/{id}/cancel",
  summary: "Stop a job, whether it is queued, running or waiting.",
  access: "change",
  usesRedis: true,
  params: JobPath,
  answers: { 202: { description: "It is being stopped, or is cancelled already.", schema: Taken } },
  refusals: { 409: "The job has ended by itself." },
  async handle(deps, { params }) {
    const job = await knownJob(deps, params.id);
    if (isTerminal(job.status) && job.status !== "cancelled") {
      throw new Refusal(409, "conflict", `Job ${job.id} has ended (${job.status}); there is nothing to cancel.`);
    }
    await deps.desk.decide({ type: "cancel", jobId: job.id, by: tokenHolder });
    return taken(deps, job.id);
  },
});

const Answer = z
  .strictObject({
    choice: Choice.meta({ description: "`subject` of the question says which it takes: a command's or a merge's." }),
    advice: z.string().trim().min(1).max(2_000).optional().meta({ description: "Words for who works on the job." }),
  })
  .meta({ id: "Answer" });

export const answerQuestion = operation({
  id: "answerQuestion",
  method: "POST",
  path: "/api/approvals/{id}",
  summary: "Answer what a job asks: allow or deny a command; merge, change or discard a result.",
  access: "change",
  usesRedis: true,
  params: z.object({ id: ApprovalId.meta({ description: "The question's id, from the job's `approvals`." }) }),
  body: jsonBody(Answer),
  answers: { 202: { description: "The answer is recorded, or was before.", schema: Taken } },
  refusals: { 409: "The question is settled otherwise." },
  async handle(deps, { params, body }) {
    const asked = await deps.desk.approval(params.id);
    if (asked === undefined) throw new Refusal(404, "not-found", "There is no such question.");
    const { approval, job, settlement } = asked;
    const choices: readonly Choice[] = choicesFor[approval.subject.type];
    if (!choices.includes(body.choice)) throw wrongField("choice", `must be one of ${choices.join(", ")}`);
    if (body.choice === "change" && body.advice === undefined)
      throw wrongField("advice", "is missing: what should change?");
    if (settlement !== undefined && (settlement.type !== "chosen" || settlement.choice !== body.choice)) {
      const how = settlement.type === "chosen" ? settlement.choice.replaceAll("_", " ") : settlement.type;
      throw new Refusal(409, "conflict", `This question is settled: ${how}.`);
    }
    const decision = { type: "settle", jobId: job.id, approvalId: approval.id, by: tokenHolder, ...body } as const;
    if (settlement === undefined) await record(deps, decision);
    return taken(deps, job.id);
  },
});

async function record({ desk }: HttpDeps, decision: Extract<Decision, { type: "settle" }>): Promise<void> {
  const { first } = await desk.decide(decision);
  if (first.type === "settle" && first.choice !== decision.choice) {
    throw new Refusal(409, "conflict", `${first.by.name} answered before: ${first.choice.replaceAll("_", " ")}.`);
  }
}

function wrongField(path: string, message: string): Refusal {
  return new Refusal(422, "bad-input", `${path} ${message}.`, { fields: [{ path, message }] });
}

function taken({ urlOf }: HttpDeps, jobId: string): Response {
  return Response.json({ jobId, url: urlOf(`/api/jobs/${jobId}`) }, { status: 202 });
}
