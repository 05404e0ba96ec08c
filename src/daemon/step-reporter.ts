import type { StepReporter } from "../agents/gate.ts";
import type { EngineEvent } from "../core/engine-event.ts";
import type { JobBook } from "./job-book.ts";

/** Records what the orchestrator does, for whoever watches; nothing secret gets that far. */
export function stepReporter(book: JobBook, jobId: string, redact: (text: string) => string): StepReporter {
  return {
    async started({ id: stepId, label, worktree }) {
      await book.record(jobId, { type: "step_started", stepId, label: redact(label), worktree });
    },
    progress(stepId, event) {
      // Nobody waits for progress: it is recorded in order, and an ended job takes no more of it.
      book.recordIfAllowed(jobId, { type: "step_progress", stepId, event: redacted(event, redact) }).catch(() => {});
    },
    async finished(stepId, outcome, { detail, exitCode, trees } = {}) {
      const shown = detail === undefined ? {} : { detail: redact(detail).slice(0, 500) };
      const ended = exitCode === undefined ? {} : { exitCode };
      const measured = trees === undefined ? {} : { trees };
      await book.record(jobId, { type: "step_finished", stepId, outcome, ...shown, ...ended, ...measured });
    },
  };
}

function redacted(event: EngineEvent, redact: (text: string) => string): EngineEvent {
  return event.type === "action" ? { ...event, title: redact(event.title) } : event;
}
