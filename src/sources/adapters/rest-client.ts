import { z } from "zod";
import { TrackerError } from "../../core/tracker.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { Line, type LineOptions } from "./line.ts";
import { readAnswer } from "./read-answer.ts";
import { Refusal } from "./refusal.ts";

export interface RestOptions extends LineOptions {
  /** Paths are put behind it. */
  readonly apiUrl: string;
  /** Those that carry the credential. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RestRequest {
  readonly method?: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: unknown;
}

export interface RestAnswer<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data;
}

/** A provider's HTTP API in JSON, for those whose own client hides the status or the headers that decide. */
export class RestClient {
  readonly #options: RestOptions;
  readonly #line: Line;
  readonly #fetch: typeof fetch;

  constructor(options: RestOptions) {
    this.#options = options;
    this.#line = new Line(options);
    this.#fetch = guardedFetch(options.apiUrl);
  }

  async ask<Schema extends z.ZodType>(schema: Schema, request: RestRequest, signal: AbortSignal) {
    const { status, headers, data } = await this.send(request, signal);
    const answer: RestAnswer<z.output<Schema>> = {
      ...{ status, headers, data: readAnswer(this.#options.provider, schema, data) },
    };
    return answer;
  }

  /** The answer as it came. A status in `accepted` is an answer, other refusals are failures. */
  async send(
    request: RestRequest,
    signal: AbortSignal,
    accepted: readonly number[] = [],
  ): Promise<RestAnswer<unknown>> {
    return this.#line.call(async (limited) => {
      const response = await this.#fetch(this.#addressOf(request), {
        method: request.method ?? "GET",
        headers: {
          ...{ accept: "application/json", "user-agent": "chargehand" },
          ...(request.body !== undefined && { "content-type": "application/json" }),
          ...this.#options.headers,
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        signal: limited,
      });
      const { status, headers } = response;
      const text = await response.text();
      if (!response.ok && !accepted.includes(status)) throw new Refusal(status, headers, wordsOf(text));
      return { status, headers, data: response.ok ? this.#parse(text) : undefined };
    }, signal);
  }

  #addressOf({ path, query = {} }: RestRequest): string {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
      for (const it of values) parameters.append(name, String(it));
    }
    return `${this.#options.apiUrl}${path}${parameters.size > 0 ? `?${parameters}` : ""}`;
  }

  #parse(text: string): unknown {
    if (text === "") return undefined;
    try {
      return JSON.parse(text);
    } catch {
      const { provider } = this.#options;
      throw new TrackerError("tracker_response", `${provider} answered with something that is no JSON.`);
    }
  }
}

/** Where the providers put their words. */
const Words = z
  .object({ message: z.unknown(), error: z.unknown(), errorMessages: z.array(z.string()), errors: z.unknown() })
  .partial();

function wordsOf(text: string): string {
  try {
    const { message, error, errorMessages = [], errors } = Words.parse(JSON.parse(text));
    const given = [message, error, ...errorMessages, errors].filter((it) => it !== undefined && it !== null);
    return given.map((it) => (typeof it === "string" ? it : JSON.stringify(it))).join("; ");
  } catch {
    return "";
  }
}
