import type { Submission } from "../../core/task.ts";
import { clipLine } from "../text/cut.ts";
import { join, link, type Piece } from "../text/rich-text.ts";

/** Where a job came from, in a line. One that was ordered in this chat answers its order and needs none. */
export function originLine({ origin, requestedBy }: Pick<Submission, "origin" | "requestedBy">): Piece | undefined {
  const name = clipLine(requestedBy.name || requestedBy.id, 60);
  switch (origin.type) {
    case "telegram":
      return undefined;
    case "terminal":
      return `Ordered by ${name} in a terminal`;
    case "http":
      return `Ordered by ${name} over HTTP`;
    case "mcp":
      return `Ordered by ${name} over MCP`;
    case "list":
      return `From a list of tasks, by ${name}`;
    case "schedule":
      return `From the schedule “${clipLine(origin.name, 60)}”`;
    case "tracker":
      return join("From ", link(clipLine(origin.identifier, 60), origin.url), ` in ${clipLine(origin.tracker, 60)}`);
  }
}
