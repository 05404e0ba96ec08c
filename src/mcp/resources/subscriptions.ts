import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import {
  ErrorCode,
  McpError,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { Ear } from "../ear.ts";
import { isJobUri, jobUri, jobViews } from "./uris.ts";

/** Lets a client be told when a job's state, plan or ledger has changed, and when there is a new job. */
export function allowSubscriptions(server: McpServer, ear: Ear): void {
  const wanted = new Set<string>();
  let listening: Promise<Disposable> | undefined;
  server.server.setRequestHandler(SubscribeRequestSchema, async ({ params: { uri } }) => {
    if (!isJobUri(uri)) throw new McpError(ErrorCode.InvalidParams, "Only a job's state, plan and ledger change.");
    wanted.add(uri);
    listening ??= ear.listen(({ jobId, event }) => {
      for (const view of jobViews) {
        const changed = jobUri(jobId, view);
        if (wanted.has(changed)) void server.server.sendResourceUpdated({ uri: changed }).catch(() => {});
      }
      if (event.type === "queued") server.sendResourceListChanged();
    });
    await listening.catch((error: unknown) => {
      listening = undefined;
      throw error;
    });
    return {};
  });
  server.server.setRequestHandler(UnsubscribeRequestSchema, ({ params: { uri } }) => {
    wanted.delete(uri);
    return {};
  });
}
