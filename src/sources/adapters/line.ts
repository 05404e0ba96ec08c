import { TrackerError } from "../../core/tracker.ts";
import { createRedactor, type Redactor } from "../../platform/secrets/redactor.ts";
import { visibleText } from "../../platform/visible-text.ts";
import { isSpent, waitAfterLimit } from "./rate-limit.ts";
import { Refusal } from "./refusal.ts";

export interface LineOptions {
  /** As people call the provider: "GitHub". */
  readonly provider: string;
  /** Whatever must not come back in a sentence. */
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
  readonly now: () => number;
}

/**
 * The line to one provider. Every request goes through `call`: it has a deadline, its failure becomes a TrackerError
 * without secrets, and after "too many" nothing is sent until the time that was asked for has passed.
 */
export class Line {
  readonly #options: LineOptions;
  readonly #redactor: Redactor;
  #closedUntil = 0;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#redactor = createRedactor({ values: options.secrets });
  }

  async call<T>(send: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const { now, timeoutMs } = this.#options;
    if (this.#closedUntil > now()) throw this.#limited(this.#closedUntil - now());
    try {
      return await send(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    } catch (error) {
      signal.throwIfAborted();
      const failure = this.#failureOf(error);
      if (failure.category === "tracker_rate_limited") this.#closedUntil = now() + (failure.retryAfterMs ?? 0);
      throw failure;
    }
  }

  /** Neither the provider's error nor what it wraps goes along: headers and bodies lie in there. */
  #failureOf(error: unknown): TrackerError {
    if (error instanceof TrackerError) return error;
    if (error instanceof Refusal) return this.#refused(error);
    const { provider, timeoutMs } = this.#options;
    const late = `${provider} did not answer within ${timeoutMs} ms. It is asked again later.`;
    const broken = `${provider} could not be reached (${this.#told(reasonOf(error))}). It is asked again later.`;
    return new TrackerError("tracker_request", isTimeout(error) ? late : broken, { isRetryable: true });
  }

  #refused(refusal: Refusal): TrackerError {
    const { status, headers, words, isLimit } = refusal;
    if (isLimit || status === 429 || (status === 403 && isSpent(headers))) {
      return this.#limited(waitAfterLimit(headers, this.#options.now()));
    }
    const { provider } = this.#options;
    const said = `${provider} answered with ${status}${words.trim() === "" ? "" : ` (${this.#told(words)})`}.`;
    const retryAfterMs = headers.get("retry-after") == null ? undefined : waitAfterLimit(headers, this.#options.now());
    return new TrackerError("tracker_status", `${said} ${remedyFor(status)}`, {
      isRetryable: status >= 500 || status === 408,
      ...(status >= 500 && retryAfterMs !== undefined && { retryAfterMs }),
    });
  }

  #limited(retryAfterMs: number): TrackerError {
    const seconds = Math.ceil(retryAfterMs / 1_000);
    const sentence = `${this.#options.provider} has had too many requests and is left alone for ${seconds} s.`;
    return new TrackerError("tracker_rate_limited", sentence, { isRetryable: true, retryAfterMs });
  }

  /** Somebody else's words, short, on one line, and without what is ours. */
  #told(words: string): string {
    const line = visibleText(this.#redactor.text(visibleText(words)))
      .replace(/\s+/g, " ")
      .trim();
    return line.length > longestWords ? `${line.slice(0, longestWords)}…` : line;
  }
}

const longestWords = 200;

function remedyFor(status: number): string {
  if (status === 401) return "Is the credential right, and has it not expired?";
  if (status === 403) return "May the credential do this?";
  if (status === 404) return "Does the configured place exist, and may the credential see it?";
  if (status >= 300 && status < 400) return "Has it moved? Configure its present address.";
  if (status >= 500 || status === 408) return "It is asked again later.";
  return "Check the settings of the tracker.";
}

function isTimeout(error: unknown): boolean {
  return causesOf(error).some((it) => it instanceof Error && it.name === "TimeoutError");
}

/** A system's error code where there is one: the words may hold an address with a credential. */
function reasonOf(error: unknown): string {
  const code = causesOf(error).map((it) => (it as { code?: unknown }).code);
  return String(code.find((it) => typeof it === "string") ?? "the connection broke off");
}

function causesOf(error: unknown): object[] {
  const causes: object[] = [];
  for (let it = error; typeof it === "object" && it !== null && causes.length < 8; it = (it as Error).cause) {
    causes.push(it);
  }
  return causes;
}
