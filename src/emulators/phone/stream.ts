import type { IncomingMessage, ServerResponse } from "node:http";
import { isDeepStrictEqual } from "node:util";
import type { PhoneContext } from "./routes.ts";
import { type MessageView, viewMessage } from "./view.ts";

const heartbeatMs = 15_000;

/** How long one "typing" holds on a phone. */
const activityMs = 5_000;

/** What is true beside the messages: it is small, so it is sent whole. */
interface Surroundings {
  readonly title: string;
  readonly bot: { readonly name: string };
  readonly suggestions: readonly string[];
  readonly commands: readonly { readonly command: string; readonly description: string }[];
  readonly activity: { readonly action: string; readonly at: number } | null;
}

interface News extends Surroundings {
  readonly messages: readonly MessageView[];
  readonly deletedIds: readonly number[];
}

/**
 * Sends what changed in the chat, as server-sent events. Each carries the revision it brings the page to; a page that
 * was away names its last one and gets what it missed. A slow page gets fewer, newer events, never a backlog.
 */
export function streamChat(context: PhoneContext, request: IncomingMessage, response: ServerResponse): void {
  const { botApi, person } = context;
  let cursor = Number.parseInt(String(request.headers["last-event-id"] ?? "0"), 10) || 0;
  let known: Surroundings | undefined;

  function sendNews(): void {
    if (response.writableNeedDrain) return;
    const around = surroundings(context);
    const messages = person.chat.messages.filter(({ revision }) => revision > cursor);
    const deletedIds = person.chat.deleted.filter(({ revision }) => revision > cursor).map(({ id }) => id);
    if (messages.length + deletedIds.length === 0 && isDeepStrictEqual(around, known)) return;
    const news: News = {
      ...around,
      deletedIds,
      messages: messages.map((message) => viewMessage(person.chat, message)),
    };
    known = around;
    cursor = botApi.revision;
    response.write(`id: ${cursor}\ndata: ${JSON.stringify(news)}\n\n`);
  }

  response.writeHead(200, { "content-type": "text/event-stream" });
  response.on("drain", sendNews);
  const stopListening = botApi.onChange(sendNews);
  const heartbeat = setInterval(() => response.write(":\n\n"), heartbeatMs);
  response.once("close", () => {
    stopListening();
    clearInterval(heartbeat);
  });
  sendNews();
}

function surroundings({ botApi, person, title, suggestions }: PhoneContext): Surroundings {
  const { activity } = person.chat;
  const said = new Set(person.chat.messages.map(({ text }) => text));
  return {
    title,
    bot: { name: botApi.bot.first_name },
    suggestions: suggestions.filter((text) => !said.has(text)),
    commands: botApi.commandsFor(person),
    activity: activity && Date.now() - activity.at < activityMs ? activity : null,
  };
}
