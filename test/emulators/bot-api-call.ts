import type { BotApi } from "../../src/emulators/bot-api/bot-api.ts";

/** Telegram's answer as it stands on the wire. */
export interface Answer {
  readonly ok: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of every shape
  readonly result?: any;
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: { readonly retry_after?: number };
}

/** Calls a method with plain HTTP, as no library would let a test do it wrong. */
export async function call(botApi: BotApi, method: string, params: unknown = {}): Promise<Answer> {
  const response = await fetch(`${botApi.apiRoot}/bot${botApi.token}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  });
  return (await response.json()) as Answer;
}

/** The words Telegram refuses a call with; undefined where it was taken. */
export async function refusal(botApi: BotApi, method: string, params: unknown): Promise<string | undefined> {
  const { description, error_code } = await call(botApi, method, params);
  return description && `${error_code} ${description}`;
}
