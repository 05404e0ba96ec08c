import type { Readable, Writable } from "node:stream";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { redacted } from "../core/redacted.ts";
import type { McpDeps } from "./deps.ts";
import { createEar } from "./ear.ts";
import { registerDiscipline } from "./resources/discipline.ts";
import { registerJobResources } from "./resources/jobs.ts";
import { allowSubscriptions } from "./resources/subscriptions.ts";
import { registerApprove } from "./tools/approve.ts";
import { registerCancel } from "./tools/cancel.ts";
import { registerEvidence } from "./tools/evidence.ts";
import { registerStatus } from "./tools/status.ts";
import { registerSubmit } from "./tools/submit.ts";
import { registerWait } from "./tools/wait.ts";

const instructions = `Chargehand has coding tasks done and proves the result. Order a task with "submit", follow it with
"wait" or "status", and read "evidence" before you believe anything: it holds what was measured, and the words of the
agent that did the work only as a claim. A person approves commands and merges, unless the operator has decided otherwise.`;

/** Speaks the Model Context Protocol with one client, until the client or the signal ends it. */
export async function serveMcp(
  deps: McpDeps,
  { stdin, stdout }: { readonly stdin: Readable; readonly stdout: Writable },
  signal: AbortSignal,
): Promise<void> {
  const server = new McpServer(
    { name: "chargehand", title: "Chargehand", version: deps.version },
    { instructions, capabilities: { resources: { subscribe: true, listChanged: true }, completions: {} } },
  );
  server.server.onerror = (error) => deps.note(`chargehand mcp: ${error.message}`);
  const gone = clientGone(server, stdin);
  await using scope = new AsyncDisposableStack();
  const ear = scope.use(createEar(deps.follow));
  registerSubmit(server, deps);
  registerStatus(server, deps);
  registerWait(server, deps, ear);
  registerEvidence(server, deps);
  registerApprove(server, deps);
  registerCancel(server, deps);
  registerJobResources(server, deps);
  registerDiscipline(server, deps);
  allowSubscriptions(server, ear);
  await server.connect(redacting(new StdioServerTransport(stdin, stdout), deps.redact));
  await Promise.race([gone, aborted(signal)]);
  await server.close();
}

/** Whatever is said passes here: answers, resources, progress and errors. */
function redacting(transport: StdioServerTransport, redact: McpDeps["redact"]): StdioServerTransport {
  const send = transport.send.bind(transport);
  transport.send = (message) => send(redacted(message, redact));
  return transport;
}

/** A client that is gone has closed our input; nobody would read an answer any more. */
function clientGone(server: McpServer, stdin: Readable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => resolve();
    stdin.once("end", done).once("close", done);
    server.server.onclose = done;
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
