import { Octokit } from "@octokit/rest";
import type { AdapterDeps } from "../adapter.ts";
import { guardedFetch } from "../guarded-fetch.ts";
import { Line } from "../line.ts";
import { Refusal } from "../refusal.ts";
import type { GitHubSettings } from "./settings.ts";

export interface GitHubAnswer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

type Values = Readonly<Record<string, unknown>>;

interface Kept {
  readonly etag: string;
  readonly answer: GitHubAnswer;
}

/** As many answers as are kept to be asked for again by their ETag; the longest unused one goes first. */
const mostKept = 100;

/** GitHub's API as one repository's owner sees it. A GET asks whether anything has changed, which costs no limit if not. */
export class GitHubClient {
  readonly #octokit: Octokit;
  readonly #line: Line;
  readonly #repository: Values;
  readonly #kept = new Map<string, Kept>();

  constructor({ apiUrl, owner, repo }: GitHubSettings, { token, timeoutMs, now }: AdapterDeps) {
    const silent = () => {};
    this.#octokit = new Octokit({
      auth: token,
      baseUrl: apiUrl,
      userAgent: "chargehand",
      request: { fetch: guardedFetch(apiUrl) },
      log: { debug: silent, info: silent, warn: silent, error: silent },
    });
    this.#line = new Line({ provider: "GitHub", secrets: [token], timeoutMs, now });
    this.#repository = { owner, repo };
  }

  /** What `route` answers now; the very same object as before when nothing has changed. */
  async get(route: string, values: Values, signal: AbortSignal, accepted: readonly number[] = []) {
    const key = `${route} ${JSON.stringify(values)}`;
    const kept = this.#kept.get(key);
    const headers = kept === undefined ? {} : { "if-none-match": kept.etag };
    const answer = await this.#request(`GET ${route}`, { ...values, headers }, signal, [304, ...accepted]);
    const current = answer.status === 304 && kept !== undefined ? kept.answer : answer;
    const etag = current.headers.etag;
    if (current.status === 200 && typeof etag === "string") this.#keep(key, { etag, answer: current });
    return current;
  }

  /** Answers with a status in `accepted` are answers; other refusals are failures. */
  async send(route: string, values: Values, signal: AbortSignal, accepted: readonly number[] = []) {
    return this.#request(route, values, signal, accepted);
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
  }

  async #request(route: string, values: Values, signal: AbortSignal, accepted: readonly number[]) {
    return this.#line.call(async (limited) => {
      const place = route.includes("{owner}") ? this.#repository : {};
      const parameters = { ...place, ...values, request: { signal: limited } };
      const answer: GitHubAnswer = await this.#octokit.request(route, parameters).catch(answerIn);
      if (answer.status < 300 || accepted.includes(answer.status)) return answer;
      throw refusalOf(answer);
    }, signal);
  }
}

/** Octokit throws what is no success; where the server has answered, that answer is what counts. */
function answerIn(error: unknown): GitHubAnswer {
  const { response, cause } = Object(error) as { response?: GitHubAnswer; cause?: unknown };
  if (response === undefined) throw cause ?? error;
  return response;
}

function refusalOf({ status, headers, data }: GitHubAnswer): Refusal {
  const read = { get: (name: string) => (headers[name] === undefined ? null : String(headers[name])) };
  const words = wordsOf(data);
  return new Refusal(status, read, words, { isLimit: status === 403 && /rate limit/i.test(words) });
}

function wordsOf(data: unknown): string {
  const message = typeof data === "string" ? data : (Object(data) as { message?: unknown }).message;
  return typeof message === "string" ? message : "";
}
