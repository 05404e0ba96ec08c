import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import { AppError } from "../../core/error.ts";
import type { PhoneContext } from "./routes.ts";

const maxTextLength = 32_000;

/** As long as Telegram's apps show the spinner on a button. */
const tapTimeoutMs = 30_000;

const Send = z.object({ text: z.string().trim().min(1).max(maxTextLength), replyToId: z.int().optional() });
const Tap = z.object({ messageId: z.int(), data: z.string() });

/** What a person writes. */
export async function handSend(
  { person }: PhoneContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { text, replyToId } = await read(Send, request);
  const { id } = person.sends(text, replyToId === undefined ? {} : { replyTo: { id: replyToId } });
  reply(response, { messageId: id });
}

/** A press of a button. The answer of the bot is the answer of the request. */
export async function handTap(
  { botApi, person }: PhoneContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { messageId, data } = await read(Tap, request);
  const tap = person.taps({ id: messageId, chatId: person.id }, data, { stale: true });
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const options = { timeoutMs: tapTimeoutMs, signal: gone.signal };
  const answer = await botApi.until(() => tap.answer ?? tap.isExpired, options).catch(() => undefined);
  reply(response, answer === undefined || answer === true ? { isAnswered: false } : { isAnswered: true, ...answer });
}

async function read<Schema extends z.ZodType>(schema: Schema, request: IncomingMessage): Promise<z.infer<Schema>> {
  if (!request.headers["content-type"]?.startsWith("application/json")) {
    throw new AppError("bad-input", "Send JSON.");
  }
  const body = schema.safeParse(await json(request).catch(() => undefined));
  if (!body.success) throw new AppError("bad-input", "The phone did not understand this request.");
  return body.data;
}

function reply(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
