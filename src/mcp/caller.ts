import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { Person } from "../core/task.ts";
import { visibleText } from "../platform/visible-text.ts";
import type { McpDeps } from "./deps.ts";

/** Who speaks: an agent, on behalf of the user that started this server. The client's name is its own claim. */
export function callerOf({ server }: McpServer, { user }: Pick<McpDeps, "user">): Person {
  const client = visibleText(server.getClientVersion()?.name ?? "an agent")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 40);
  return { kind: "mcp", id: user.id, name: `${client || "an agent"} for ${user.name}` };
}
