import { randomUUID } from "node:crypto";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { cardPlaceOf } from "../../core/config.ts";
import { AppError } from "../../core/error.ts";
import { homesAtWork } from "../../core/home.ts";
import { JobId } from "../../core/task.ts";
import { WrittenOrder } from "../../core/written-order.ts";
import { answer, inWords } from "../answer.ts";
import { callerOf } from "../caller.ts";
import type { McpDeps } from "../deps.ts";

const { text, project, requestId } = WrittenOrder.shape;

/** `submit`: orders a task. */
export function registerSubmit(server: McpServer, deps: McpDeps): void {
  const { config, desk, note } = deps;
  const known = Object.keys(config.projects).join(", ") || "none";
  server.registerTool(
    "submit",
    {
      title: "Order a coding task",
      description: "Orders a task and answers at once with the job's id. The same requestId again is the same job.",
      inputSchema: {
        text: text.describe("what is to be done, in plain words"),
        project: project.describe(`which project: ${known}. May be left out when there is only one`),
        requestId: requestId.describe("give one when you may ask again after a failure"),
      },
      outputSchema: {
        jobId: JobId,
        daemons: z.number().describe("how many daemons are at work; the job waits for one"),
      },
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    },
    (order) =>
      inWords(note, async () => {
        const jobId = await desk.submit({
          requestId: order.requestId ?? randomUUID(),
          project: chooseProject(Object.keys(config.projects), order.project),
          text: order.text,
          requestedBy: callerOf(server, deps),
          origin: { type: "mcp" },
          card: cardPlaceOf(config),
        });
        return answer({ jobId, daemons: homesAtWork(await desk.roster()).length });
      }),
  );
}

function chooseProject(names: readonly string[], named: string | undefined): string {
  const chosen = named ?? (names.length === 1 ? names[0] : undefined);
  const list = names.join(", ") || "none";
  if (chosen === undefined) throw new AppError("bad-input", `Which project? Name one of them: ${list}.`);
  if (names.includes(chosen)) return chosen;
  throw new AppError("not-found", `No project is called "${chosen}". Configured: ${list}.`);
}
