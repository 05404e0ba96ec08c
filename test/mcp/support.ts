import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { cli } from "../cli/support/scene.ts";

export interface McpClient extends AsyncDisposable {
  readonly client: Client;
  /** Calls a tool and answers with its structured content, or with its words when it failed. */
  call(name: string, given?: Record<string, unknown>): Promise<{ failed: boolean; words: string; value: unknown }>;
}

/** The SDK's own client, with the real command line as its server. */
export async function connectMcp(
  place: { readonly directory: string; readonly env: Readonly<Record<string, string>> },
  variables: Readonly<Record<string, string>> = {},
): Promise<McpClient> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [cli, "mcp"],
    cwd: place.directory,
    env: { ...place.env, ...variables },
    stderr: "pipe",
  });
  const client = new Client({ name: "test-agent", version: "1.0.0" });
  await client.connect(transport);
  return {
    client,
    async call(name, given = {}) {
      const result = await client.callTool({ name, arguments: given });
      const [first] = result.content as { type: string; text: string }[];
      return { failed: result.isError === true, words: first?.text ?? "", value: result.structuredContent };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
