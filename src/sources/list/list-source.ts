import type { Logger } from "pino";
import { AppError } from "../../core/error.ts";
import type { ChatPlace } from "../../core/task.ts";
import type { TaskSource } from "../../platform/task-source.ts";
import type { ListedTask } from "./read-list.ts";

export interface ListSourceDeps {
  readonly tasks: readonly ListedTask[];
  readonly card: ChatPlace | undefined;
  readonly log: Logger;
}

/** Orders a list of tasks, each once: a start later finds that they are jobs already. */
export function listSource({ tasks, card, log }: ListSourceDeps): TaskSource {
  return {
    name: "list",
    async run(desk, signal) {
      for (const task of tasks) {
        if (signal.aborted) return;
        try {
          const jobId = await desk.submit({
            ...task,
            requestedBy: { kind: "list", id: "list", name: "the list of tasks" },
            origin: { type: "list" },
            ...(card && { card }),
          });
          log.info({ jobId, project: task.project }, "a task of the list is ordered");
        } catch (err) {
          if (!(err instanceof AppError) || err.code !== "conflict") throw err;
          log.warn({ err, requestId: task.requestId }, "a task of the list was ordered before, with other words");
        }
      }
    },
  };
}
