/** The error form both OpenAI APIs share. */
export function openAiFailure(status: number, message: string): unknown {
  return { error: { message, type: typeOf(status), param: null, code: codes[status] ?? null } };
}

const codes: Readonly<Record<number, string>> = { 401: "invalid_api_key", 429: "rate_limit_exceeded" };

function typeOf(status: number): string {
  if (status === 429) return "tokens";
  return status >= 500 ? "server_error" : "invalid_request_error";
}
