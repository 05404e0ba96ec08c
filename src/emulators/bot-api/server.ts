/**
 * Telegram's Bot API on this machine, over real HTTP, as strict as the real one, for tests and for the demonstration.
 *
 *   await using botApi = await startBotApi();
 *   const bot = new Bot(botApi.token, { client: { apiRoot: botApi.apiRoot } });
 *
 *   const ann = botApi.person({ id: 1001, firstName: "Ann" });
 *   ann.sends("/new Fix the rounding");                      // → an update for the bot
 *   const card = await ann.sees("Queued");                   // waits for a message of the bot
 *   const tap = ann.taps(card, "Cancel");                    // a button, by its text or its data
 *   await botApi.until(() => tap.answer);                    // { text?, showAlert, url? }
 *   await botApi.until(() => ann.chat.message(card.id)?.text.includes("Cancelled"));
 *
 *   const team = botApi.group({ id: -1001, title: "Team", isForum: true, botIsAdministrator: true });
 *   const shop = ann.opensTopic(team.id, "shop");
 *   ann.sends("/status", { chatId: team.id, threadId: shop.threadId });
 *
 *   botApi.inject({ method: "sendMessage", error: { code: 429, retryAfter: 3 } });
 *   botApi.inject({ method: "editMessageText", dropConnection: "after" });
 *   botApi.callsOf("sendMessage");                           // [{ method, params, files, at, outcome, refusal }]
 *
 * What a person sees now stands in `chat.messages`: text, entities, keyboard, silent, pinned, attachment, versions.
 * A group follows privacy mode: the bot hears commands, replies and mentions, unless it is an administrator.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { keepAliveTimeout } from "../keep-alive.ts";
import { BotApi } from "./bot-api.ts";
import { Faults } from "./faults.ts";
import { answerRequest, type Gate } from "./http-answer.ts";
import { RateLimits } from "./rate-limits.ts";
import type { BotUser } from "./wire.ts";
import { createWorld } from "./world.ts";

export interface BotApiOptions {
  readonly token?: string;
  readonly host?: string;
  readonly port?: number;
  readonly bot?: Partial<BotUser>;
  /** One message a second per chat, twenty a minute per group, thirty a second in all; more is answered with 429. */
  readonly rateLimits?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const defaultToken = "7000000001:EMULATED-TOKEN-FOR-TESTS-AND-DEMO00";

export async function startBotApi(options: BotApiOptions = {}): Promise<BotApi> {
  const { token = defaultToken, host = "127.0.0.1", port = 0, now = Date.now } = options;
  const world = createWorld(botUser(token, options.bot), now);
  const gate: Gate = {
    world,
    token,
    isRevoked: false,
    faults: new Faults(),
    rateLimits: options.rateLimits ? new RateLimits() : undefined,
  };
  const answer = (request: IncomingMessage, response: ServerResponse) => void answerRequest(gate, request, response);
  const server = createServer({ keepAliveTimeout }, answer);
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).listen(port, host, listening.resolve);
  await listening.promise;
  const apiRoot = `http://${host}:${(server.address() as AddressInfo).port}`;
  return new BotApi(gate, apiRoot, () => {
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    server.closeAllConnections();
    return closed.promise;
  });
}

function botUser(token: string, given: Partial<BotUser> = {}): BotUser {
  return {
    id: Number.parseInt(token, 10),
    is_bot: true,
    first_name: "Chargehand",
    username: "chargehand_bot",
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
    ...given,
  };
}
