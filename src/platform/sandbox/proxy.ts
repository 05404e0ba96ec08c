import { lookup as dnsLookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { AppError } from "../../core/error.ts";
import { type Destination, isAllowed, isPrivate, parseDestination } from "./host-rule.ts";

export interface ProxyOptions {
  readonly hosts: readonly string[];
  /** A path becomes a unix socket; `loopback` takes a free port. */
  readonly listenOn: { readonly path: string } | "loopback";
  /** All addresses of a name; the system's own way unless a test has another. */
  readonly lookup?: (name: string) => Promise<readonly string[]>;
}

export interface HostProxy extends AsyncDisposable {
  /** Only when it listens on the loopback device. */
  readonly port: number | undefined;
}

/** One program must not use up the daemon's file descriptors. */
const maxConnections = 256;

/** An HTTP proxy that reaches the allowed hosts and nobody else: CONNECT for TLS, absolute addresses for plain HTTP. */
export async function openProxy({ hosts, listenOn, lookup = addressesOf }: ProxyOptions): Promise<HostProxy> {
  const reach = (destination: Destination) => addressFor(destination, hosts, lookup);
  const sockets = new Set<Duplex>();
  const server = createServer();
  server.maxConnections = maxConnections;
  server.on("connection", (socket) => remember(sockets, socket));
  server.on("connect", (asked: IncomingMessage, client: Duplex, head: Buffer) => {
    tunnel(asked, client, head, reach).then(
      (upstream) => remember(sockets, upstream),
      (error) => client.end(refusal(error)),
    );
  });
  server.on("request", (asked, answer) => {
    forward(asked, answer, reach).catch((error) => {
      answer.writeHead(403, { "content-type": "text/plain", connection: "close" }).end(sentence(error));
    });
  });
  server.listen(listenOn === "loopback" ? { port: 0, host: "127.0.0.1" } : { path: listenOn.path });
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" ? address?.port : undefined,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function remember(sockets: Set<Duplex>, socket: Duplex): void {
  sockets.add(socket);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => sockets.delete(socket));
}

type Reach = (destination: Destination) => Promise<Destination>;

async function tunnel(asked: IncomingMessage, client: Duplex, head: Buffer, reach: Reach): Promise<Socket> {
  const { host, port = 443 } = parseDestination(asked.url ?? "");
  const upstream = connect({ ...(await reach({ host, port })), allowHalfOpen: true });
  client.on("close", () => upstream.destroy());
  upstream.once("error", (error) => client.end(refusal(error)));
  upstream.once("connect", () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    upstream.write(head);
    pipeline(client, upstream, () => {});
    pipeline(upstream, client, () => {});
  });
  return upstream;
}

async function forward(asked: IncomingMessage, answer: ServerResponse, reach: Reach): Promise<void> {
  const url = URL.parse(asked.url ?? "");
  if (url?.protocol !== "http:") throw new AppError("bad-input", "This is a proxy; ask it for http://… or CONNECT.");
  const { host, port } = await reach({ host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 80) });
  const headers = Object.fromEntries(Object.entries(asked.headers).filter(([name]) => !hopByHop.has(name)));
  const upstream = request({
    host,
    port,
    method: asked.method,
    path: `${url.pathname}${url.search}`,
    // Of the address that was judged, whatever the program wrote there.
    headers: { ...headers, host: url.host },
  });
  upstream.on("response", (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    pipeline(response, answer, () => {});
  });
  upstream.on("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
  pipeline(asked, upstream, () => {});
}

const hopByHop = new Set(["connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "upgrade"]);

/** The very address to connect to: looked up once, so that what was judged is what is reached. */
async function addressFor(
  destination: Destination,
  hosts: readonly string[],
  lookup: (name: string) => Promise<readonly string[]>,
): Promise<Destination> {
  const { host, port } = destination;
  const name = `${host}:${port}`;
  if (!isAllowed(hosts, destination)) {
    throw new AppError(
      "not-allowed",
      `The sandbox does not let this program reach ${name}, only: ${hosts.join(", ")}.`,
    );
  }
  if (isIP(host)) return destination;
  if (host === "localhost") return { host: "127.0.0.1", port };
  const address = (await lookup(host)).find((candidate) => !isPrivate(candidate));
  if (address === undefined) throw new AppError("not-allowed", `${host} has no address on the internet.`);
  return { host: address, port };
}

async function addressesOf(name: string): Promise<string[]> {
  return (await dnsLookup(name, { all: true })).map(({ address }) => address);
}

function refusal(error: unknown): string {
  const body = sentence(error);
  return `HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}

function sentence(error: unknown): string {
  return error instanceof AppError ? error.message : "The host could not be reached.";
}
