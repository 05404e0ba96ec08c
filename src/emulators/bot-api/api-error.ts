/** What Telegram answers when it refuses a call: `{ok: false, error_code, description, parameters?}`. */
export class ApiError extends Error {
  readonly code: number;
  readonly retryAfter: number | undefined;

  constructor(code: number, description: string, options: { retryAfter?: number } = {}) {
    super(description);
    this.name = "ApiError";
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

/** Telegram writes the first letter of a sentence small, and leaves codes in capitals as they are. */
export function badRequest(reason: string): ApiError {
  const isCode = /^.[A-Z_]/.test(reason);
  return new ApiError(400, `Bad Request: ${isCode ? reason : reason.charAt(0).toLowerCase() + reason.slice(1)}`);
}

export function forbidden(reason: string): ApiError {
  return new ApiError(403, `Forbidden: ${reason}`);
}

export function tooManyRequests(retryAfter: number): ApiError {
  return new ApiError(429, `Too Many Requests: retry after ${retryAfter}`, { retryAfter });
}
