import { ApiError } from "./api-error.ts";

/** What goes wrong, and with how many of the next calls that match. */
export type Fault = FaultMatch & FaultEffect;

interface FaultMatch {
  /** A method's name, or "*" for any but getUpdates. */
  readonly method: string;
  readonly chatId?: number;
  readonly times?: number;
}

export type FaultEffect =
  /** Telegram refuses the call, which has no effect. */
  | { readonly error: { readonly code: number; readonly description?: string; readonly retryAfter?: number } }
  /** The connection breaks off, before the call took effect or after it: the caller cannot tell which. */
  | { readonly dropConnection: "before" | "after" }
  /** A gateway in between answers, with a page instead of JSON. */
  | { readonly status: number }
  | { readonly delayMs: number }
  /** The call waits until the test lets it go. */
  | { readonly hold: Promise<unknown> };

export class Faults {
  #faults: { readonly fault: Fault; left: number }[] = [];

  inject(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  /** Takes one use of the first fault that fits a call. */
  take(method: string, chatId: unknown): FaultEffect | undefined {
    const hit = this.#faults.find(({ fault, left }) => left > 0 && fits(fault, method, chatId));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    return hit.fault;
  }

  clear(): void {
    this.#faults = [];
  }
}

function fits(fault: FaultMatch, method: string, chatId: unknown): boolean {
  const isMeant = fault.method === "*" ? method !== "getUpdates" : fault.method.toLowerCase() === method.toLowerCase();
  return isMeant && (fault.chatId === undefined || String(fault.chatId) === String(chatId));
}

const names: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
};

export function injectedError({ code, description, retryAfter }: Extract<FaultEffect, { error: unknown }>["error"]) {
  const wait = retryAfter === undefined ? "" : `: retry after ${retryAfter}`;
  return new ApiError(
    code,
    description ?? `${names[code] ?? "Error"}${wait}`,
    retryAfter === undefined ? {} : { retryAfter },
  );
}
