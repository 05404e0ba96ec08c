import { LinearClient, LinearError, LinearErrorType } from "@linear/sdk";
import { z } from "zod";
import { TrackerError } from "../../../core/tracker.ts";
import type { AdapterDeps } from "../adapter.ts";
import { Line } from "../line.ts";
import { type Page, readPages } from "../pages.ts";
import type { HeaderReader } from "../rate-limit.ts";
import { readAnswer } from "../read-answer.ts";
import { Refusal } from "../refusal.ts";
import { pageSize } from "./documents.ts";
import type { LinearSettings } from "./settings.ts";

type Values = Readonly<Record<string, unknown>>;

/** A list as Linear gives it. */
export function connectionOf<Node extends z.ZodType>(node: Node) {
  return z.object({
    nodes: z.array(node),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  });
}

/** Linear's API, asked with documents of our own: the models of its SDK make a request for each field of each issue. */
export class LinearApi {
  readonly #settings: LinearSettings;
  readonly #token: string;
  readonly #line: Line;

  constructor(settings: LinearSettings, { token, timeoutMs, now }: AdapterDeps) {
    this.#settings = settings;
    this.#token = token;
    this.#line = new Line({ provider: "Linear", secrets: [token], timeoutMs, now });
  }

  async ask<Schema extends z.ZodType>(schema: Schema, document: string, values: Values, signal: AbortSignal) {
    const data = await this.#line.call((limited) => this.#request(document, values, limited), signal);
    return readAnswer("Linear", schema, data);
  }

  /** Every node of a list. `list` finds it in the answer. */
  async askAll<Schema extends z.ZodType, Node>(
    { schema, document, list }: ListQuestion<Schema, Node>,
    values: Values,
    signal: AbortSignal,
  ): Promise<Node[]> {
    return readPages("", async (after): Promise<Page<Node, string>> => {
      const position = after === "" ? {} : { after };
      const answer = await this.ask(schema, document, { ...values, first: pageSize, ...position }, signal);
      const { nodes, pageInfo } = list(answer);
      if (!pageInfo.hasNextPage) return { items: nodes, next: null };
      if (pageInfo.endCursor) return { items: nodes, next: pageInfo.endCursor };
      throw new TrackerError("tracker_pagination", "Linear says that there is another page, but not where.");
    });
  }

  async #request(document: string, values: Values, signal: AbortSignal): Promise<unknown> {
    // Keys of people go as they are, tokens of applications as a bearer's.
    const credential = this.#token.startsWith("lin_oauth_") ? { accessToken: this.#token } : { apiKey: this.#token };
    const { client } = new LinearClient({ ...credential, apiUrl: this.#settings.apiUrl, redirect: "manual", signal });
    try {
      return (await client.rawRequest(document, { ...values })).data;
    } catch (error) {
      throw error instanceof LinearError ? refusalOf(error) : error;
    }
  }
}

interface ListQuestion<Schema extends z.ZodType, Node> {
  readonly schema: Schema;
  readonly document: string;
  readonly list: (answer: z.output<Schema>) => {
    readonly nodes: Node[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
  };
}

const RawResponse = z.object({
  response: z.object({
    headers: z.custom<HeaderReader>((it) => it instanceof Headers),
    errors: z.array(z.object({ extensions: z.object({ code: z.string() }).partial().optional() })).optional(),
  }),
});

function refusalOf(error: LinearError): Error {
  const status = error.status ?? 0;
  const errors = error.errors ?? [];
  if (status < 300 && errors.length === 0) {
    return new TrackerError("tracker_response", "Linear answered with something that is no answer to a query.");
  }
  const raw = RawResponse.safeParse(error.raw).data?.response;
  const isLimit =
    error.type === LinearErrorType.Ratelimited ||
    raw?.errors?.some((it) => it.extensions?.code === "RATELIMITED") === true;
  const words = errors.map(({ message }) => message).join("; ");
  return new Refusal(statusOf(error, status), raw?.headers ?? new Headers(), words, { isLimit });
}

/** GraphQL says 200 or 400 to much that HTTP has a number for. */
function statusOf({ type }: LinearError, status: number): number {
  if (status >= 500) return status;
  return (type === undefined ? undefined : statusByType[type]) ?? (status < 300 ? 400 : status);
}

const statusByType: Partial<Record<LinearErrorType, number>> = {
  [LinearErrorType.AuthenticationError]: 401,
  [LinearErrorType.Forbidden]: 403,
  [LinearErrorType.FeatureNotAccessible]: 403,
  [LinearErrorType.InternalError]: 500,
  [LinearErrorType.LockTimeout]: 503,
  [LinearErrorType.BootstrapError]: 503,
  [LinearErrorType.NetworkError]: 503,
};
