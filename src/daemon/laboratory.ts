import { join } from "node:path";
import { orderedChecks } from "../core/declared-check.ts";
import type { Laboratory, RunInCheckout } from "./checks.ts";
import type { StageDeps, StageJob } from "./stage.ts";

/** Measuring for a job: its steps and results go into its ledger as they come. */
export function laboratoryOf(
  { book, config, home, runInCheckout }: StageDeps & { readonly runInCheckout: RunInCheckout },
  { state, project, workspace }: StageJob,
  tree: string,
): Laboratory {
  return {
    files: workspace.files,
    project,
    ordered: orderedChecks(state.submission),
    cache: join(home, "cache"),
    flakeRuns: config.limits.flakeRuns,
    flakeTimeMs: config.limits.flakeTime,
    run: runInCheckout,
    step: async (label, work, isGood) => {
      const stepId = `${tree.slice(0, 12)}-${label}`;
      await book.record(state.id, { type: "step_started", stepId, label });
      const say = async (title: string) => {
        const event = { type: "action" as const, id: stepId, kind: "other" as const, title, phase: "started" as const };
        await book.record(state.id, { type: "step_progress", stepId, event });
      };
      let outcome: "ok" | "failed" | "interrupted" = "interrupted";
      try {
        const result = await work(say);
        outcome = isGood(result) ? "ok" : "failed";
        return result;
      } finally {
        await book.recordIfAllowed(state.id, { type: "step_finished", stepId, outcome });
      }
    },
    onFinished: async (check) => {
      await book.record(state.id, { type: "check_finished", tree, check });
    },
  };
}
