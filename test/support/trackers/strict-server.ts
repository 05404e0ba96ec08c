import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
}

export interface Fault {
  /** Tried on `GET /path?query`, or on the call. */
  readonly at: RegExp | ((call: Call) => boolean);
  /** How many calls that match go well before. */
  readonly after?: number;
  readonly times?: number;
  /** What is answered instead, or what becomes of the connection. A function changes the true answer. */
  readonly reply: Reply | "drop" | "hang" | ((reply: Reply) => Reply);
}

/**
 * A foreign tracker's API on this machine, over real HTTP. Whatever a caller does that the API's description does not
 * allow is a violation, and so is an answer of ours that it does not allow; closing the server tells of every one.
 */
export class StrictServer {
  readonly calls: Call[] = [];
  readonly violations: string[] = [];
  url = "";
  readonly #faults: { fault: Fault; seen: number }[] = [];
  readonly #answer: (call: Call) => Reply | Promise<Reply>;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(answer: (call: Call) => Reply | Promise<Reply>) {
    this.#answer = answer;
  }

  async start(): Promise<void> {
    const listening = Promise.withResolvers<void>();
    this.#server.once("error", listening.reject).listen(0, "127.0.0.1", listening.resolve);
    await listening.promise;
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  inject(fault: Fault): void {
    this.#faults.push({ fault, seen: 0 });
  }

  violate(sentence: string): Reply {
    this.violations.push(sentence);
    return { status: 400, body: { message: sentence } };
  }

  callsOf(pattern: RegExp): Call[] {
    return this.calls.filter((call) => pattern.test(lineOf(call)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    this.#server.closeAllConnections();
    await closed.promise;
    if (this.violations.length > 0) throw new Error(`Against the API:\n${this.violations.join("\n")}`);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await this.#read(request);
    this.calls.push(call);
    const fault = this.#takeFault(call);
    if (fault === "drop") return void response.destroy();
    if (fault === "hang") return;
    const reply = typeof fault === "object" ? fault : await this.#truly(call);
    this.#send(response, typeof fault === "function" ? fault(reply) : reply);
  }

  async #truly(call: Call): Promise<Reply> {
    try {
      return await this.#answer(call);
    } catch (error) {
      return this.violate(`The server itself broke at ${lineOf(call)}: ${String(error)}`);
    }
  }

  async #read(request: IncomingMessage): Promise<Call> {
    const url = new URL(request.url ?? "/", this.url);
    const { method = "", headers } = request;
    const written = await text(request);
    const call = { method, path: url.pathname, query: url.searchParams, headers };
    try {
      return { ...call, body: written === "" ? undefined : JSON.parse(written) };
    } catch {
      this.violate(`${lineOf({ ...call, body: undefined })} has a body that is no JSON`);
      return { ...call, body: undefined };
    }
  }

  #takeFault(call: Call): Fault["reply"] | undefined {
    for (const entry of this.#faults) {
      const { at, after = 0, times = 1, reply } = entry.fault;
      if (!(at instanceof RegExp ? at.test(lineOf(call)) : at(call))) continue;
      entry.seen += 1;
      if (entry.seen > after && entry.seen <= after + times) return reply;
    }
    return undefined;
  }

  #send(response: ServerResponse, { status, headers = {}, body }: Reply): void {
    const type = typeof body === "string" ? "text/html" : "application/json";
    const content = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { ...(content !== undefined && { "content-type": type }), ...headers }).end(content);
  }
}

export function lineOf({ method, path, query }: Call): string {
  return `${method} ${path}${query.size > 0 ? `?${query}` : ""}`;
}
