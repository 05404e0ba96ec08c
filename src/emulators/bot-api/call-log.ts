import type { Changes } from "./changes.ts";
import type { UploadedFile } from "./files.ts";
import type { IncomingCall } from "./methods/method.ts";

/** One API call as it came in, and how it was answered. */
export interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly files: ReadonlyMap<string, UploadedFile>;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** HTTP status of the answer; "dropped" where the connection broke off; absent while the call is under way. */
  readonly outcome: number | "dropped" | undefined;
  /** Telegram's words where it refused. */
  readonly refusal: string | undefined;
}

interface OpenCall extends Call {
  outcome: Call["outcome"];
  refusal: string | undefined;
}

export class CallLog {
  readonly calls: Call[] = [];
  readonly #changes: Changes;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  /** Notes a call and returns the function that notes its outcome. */
  open(method: string, call: IncomingCall, at: number): (outcome: number | "dropped", refusal?: string) => void {
    const entry: OpenCall = { method, ...call, params: decoded(call), at, outcome: undefined, refusal: undefined };
    this.calls.push(entry);
    this.#changes.announce();
    return (outcome, refusal) => {
      entry.outcome = outcome;
      entry.refusal = refusal;
      this.#changes.announce();
    };
  }
}

/** Forms carry numbers, flags and objects as text; whoever looks at a call wants to see the same as with JSON. */
function decoded({ params, files }: IncomingCall): Record<string, unknown> {
  if (files.size === 0) return params;
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decode(value)]));
}

function decode(value: unknown): unknown {
  if (typeof value !== "string" || !/^(-?\d{1,15}$|true$|false$|[[{])/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
