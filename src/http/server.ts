import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { AppError } from "../core/error.ts";
import type { HttpConfig } from "../core/http-config.ts";

/** Whoever sends slowly or takes nothing does not keep a connection. */
const patience = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
};
/** Nothing moved for so long: streams have a heartbeat, so this one is not read. */
const idleMs = 60_000;
const mostConnections = 2_000;
/** What was asked before a stop may still be answered. */
const stopMs = 2_000;

export interface Listening extends AsyncDisposable {
  readonly port: number;
}

type Fetch = Parameters<typeof getRequestListener>[0];

/** Serves an app on an address. Throws "bad-config" with a remedy when that address cannot be had. */
export async function listen(fetch: Fetch, { host, port }: Pick<HttpConfig, "host" | "port">): Promise<Listening> {
  const server = createServer(patience, getRequestListener(fetch, { overrideGlobalObjects: false }));
  server.timeout = idleMs;
  server.maxConnections = mostConnections;
  server.on("clientError", refuse);
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).listen({ host, port }, listening.resolve);
  await listening.promise.catch((error) => {
    throw cannotListen(error, host, port);
  });
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  const enough = setTimeout(() => server.closeAllConnections(), stopMs);
  await closed.promise;
  clearTimeout(enough);
}

/** What is no HTTP is answered in the same shape as everything else. */
function refuse(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const [status, words] = refused[error.code ?? ""] ?? [400, "Bad Request"];
  const body = JSON.stringify({ error: { code: "bad-input", message: `This request cannot be read: ${words}.` } });
  const head = `HTTP/1.1 ${status} ${words}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`);
}

const refused: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout"],
};

function cannotListen(error: unknown, host: string, port: number): AppError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  const sentence = {
    EADDRINUSE: `Port ${port} on ${host} is taken by another program. Stop that one, or set http.port to another.`,
    EACCES: `This user may not listen on port ${port}. Set http.port to one above 1023.`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Set http.host to one that is.`,
  }[code];
  return new AppError("bad-config", sentence ?? `HTTP cannot listen on ${host}, port ${port} (${code}).`, {
    cause: error,
  });
}
