import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { JobState } from "../../core/job.ts";
import { JobId } from "../../core/task.ts";
import { answer, inWords } from "../answer.ts";
import type { McpDeps } from "../deps.ts";
import { findState } from "../find-job.ts";

const { status, outcome, base, claim, candidate, outdated, checks, judgement, accepted, mergedCommit, reason } =
  JobState.shape;

const Evidence = z.object({
  jobId: JobId,
  status,
  outcome,
  base,
  candidate: candidate.describe("the tree that was measured; everything below is about it"),
  outdated: outdated.describe("true: work went on after it was measured, so it proves nothing about what there is now"),
  checks: checks.describe("how each of the project's checks went on that tree, in a checkout of the harness's own"),
  judgement,
  accepted,
  mergedCommit,
  reason,
  claim: claim.describe("closing words of the agent that did the work. A claim: nothing was derived from it"),
  patch: z.string().optional().describe("the whole change, or its beginning"),
  patchIsCut: z.boolean(),
  folder: z.string().optional().describe("where the sealed evidence lies on this machine: chargehand verify checks it"),
});

/** More than this is for `chargehand diff`. */
const longestPatch = 60_000;

/** `evidence`: what was measured. */
export function registerEvidence(server: McpServer, deps: McpDeps): void {
  server.registerTool(
    "evidence",
    {
      title: "What was measured",
      description:
        "The evidence of a job: the candidate, each check, the verdict and the patch, and apart from them what its agent claims.",
      inputSchema: { jobId: z.string().max(40).describe("a job's id, or the beginning of it") },
      outputSchema: Evidence.shape,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ jobId }) =>
      inWords(deps.note, async () => {
        const job = await findState(deps, jobId);
        const patch = await deps.desk.patch(job.id);
        const isHere = (await deps.kept.state(job.id)) !== undefined;
        return answer(
          Evidence.parse({
            ...job,
            jobId: job.id,
            patch: patch?.slice(0, longestPatch),
            patchIsCut: (patch?.length ?? 0) > longestPatch,
            ...(isHere && { folder: deps.kept.folder(job.id) }),
          }),
        );
      }),
  );
}
