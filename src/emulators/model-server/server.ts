import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { keepAliveTimeout } from "../keep-alive.ts";
import { reply, sendJson } from "./reply.ts";
import { type Arrival, routeOf } from "./route.ts";
import type { ModelRequest, Script } from "./script.ts";

export interface ModelServerOptions {
  readonly script: Script;
  /** Default: any free port. */
  readonly port?: number;
  /** When given, every request must carry it; others are answered 401. */
  readonly apiKey?: string;
}

export interface ModelServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, what ANTHROPIC_BASE_URL wants. */
  readonly origin: string;
  /** `http://127.0.0.1:PORT/v1`, what everything else wants. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** The first request, past or future, that fits. */
  until(predicate: (request: RecordedRequest) => boolean, signal: AbortSignal): Promise<RecordedRequest>;
}

export interface RecordedRequest extends Arrival {
  readonly at: Date;
  /** What the script was shown; absent where the script was not asked. */
  readonly view?: ModelRequest;
}

/**
 * A model that follows a script, behind the three APIs that matter: OpenAI Responses, OpenAI Chat Completions and
 * Anthropic Messages. It is as strict as the real services, so that a request they would refuse fails here too.
 */
export async function startModelServer({ script, port = 0, apiKey }: ModelServerOptions): Promise<ModelServer> {
  const requests: RecordedRequest[] = [];
  const arrivals = new EventTarget();
  const record = (request: RecordedRequest) => {
    requests.push(request);
    arrivals.dispatchEvent(new Event("request"));
  };

  const server = createServer({ keepAliveTimeout }, (incoming, outgoing) => {
    serve({ script, apiKey, record }, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    url: `${origin}/v1`,
    requests,
    until(predicate, signal) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = requests.find(predicate);
          if (found) resolve(found);
        };
        signal.throwIfAborted();
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        arrivals.addEventListener("request", look, { signal });
        look();
      });
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Deps {
  readonly script: Script;
  readonly apiKey: string | undefined;
  readonly record: (request: RecordedRequest) => void;
}

async function serve({ script, apiKey, record }: Deps, incoming: IncomingMessage, outgoing: ServerResponse) {
  const { method = "", headers, url = "/" } = incoming;
  const { pathname: path } = new URL(url, "http://localhost");
  const body = method === "POST" ? await json(incoming).catch(() => undefined) : undefined;
  const arrival: Arrival = { method, path, headers, body };
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());

  const route = routeOf(arrival, apiKey);
  record({ ...arrival, at: new Date(), ...(route.type === "ask" && { view: route.view }) });
  if (route.type === "answered") sendJson(outgoing, route.status, route.body);
  else await reply(script, route, outgoing, gone.signal);
}
