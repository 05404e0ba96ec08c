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
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AppError } from "../../core/error.ts";
import { ApiError } from "./api-error.ts";
import { type Call, CallLog } from "./call-log.ts";
import type { Truthy, WaitOptions } from "./changes.ts";
import type { Chat } from "./chat.ts";
import { type Fault, Faults } from "./faults.ts";
import { answerRequest, type Gate } from "./http-answer.ts";
import { Person } from "./person.ts";
import { RateLimits } from "./rate-limits.ts";
import { transcript } from "./transcript.ts";
import type { BotUser, Update } from "./wire.ts";
import { createWorld, type World } from "./world.ts";

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

export interface NewPerson {
  readonly id: number;
  readonly firstName: string;
  readonly username?: string;
  readonly languageCode?: string;
  /** False: they never pressed Start, so the bot cannot write to them. */
  readonly hasStarted?: boolean;
}

export interface NewGroup {
  /** Negative, as Telegram's group ids are. */
  readonly id: number;
  readonly title: string;
  readonly isForum?: boolean;
  readonly botIsAdministrator?: boolean;
}

const defaultToken = "7000000001:EMULATED-TOKEN-FOR-TESTS-AND-DEMO00";

export async function startBotApi(options: BotApiOptions = {}): Promise<BotApi> {
  const { token = defaultToken, host = "127.0.0.1", port = 0, now = Date.now } = options;
  const world = createWorld(botUser(token, options.bot), now);
  const gate: Gate = {
    world,
    token,
    isRevoked: false,
    log: new CallLog(world.changes),
    faults: new Faults(world.changes),
    rateLimits: options.rateLimits ? new RateLimits() : undefined,
  };
  const server = createServer((request, response) => void answerRequest(gate, request, response));
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

/** The running emulator: Telegram's side for a bot, and a phone's side for whoever tests or watches it. */
export class BotApi {
  readonly apiRoot: string;
  readonly token: string;
  readonly #gate: Gate;
  readonly #world: World;
  readonly #close: () => Promise<void>;

  constructor(gate: Gate, apiRoot: string, close: () => Promise<void>) {
    this.apiRoot = apiRoot;
    this.token = gate.token;
    this.#gate = gate;
    this.#world = gate.world;
    this.#close = close;
  }

  get bot(): BotUser {
    return this.#world.bot;
  }

  /** Every call of the bot, in the order they came. */
  get calls(): readonly Call[] {
    return this.#gate.log.calls;
  }

  callsOf(method: string): readonly Call[] {
    return this.calls.filter((call) => call.method === method);
  }

  /** Updates the bot has not confirmed yet. */
  get pendingUpdates(): readonly Update[] {
    return this.#world.updates.pending;
  }

  /** Whether a bot waits for updates at this moment. */
  get isPolled(): boolean {
    return this.#world.updates.isPolled;
  }

  person({ id, firstName, username, languageCode, hasStarted = true }: NewPerson): Person {
    const user = {
      id,
      is_bot: false,
      first_name: firstName,
      ...(username && { username }),
      ...(languageCode && { language_code: languageCode }),
    };
    this.#world.chats.openPrivate(user, hasStarted);
    return new Person(user, this.#world, (look, options) => this.until(look, options));
  }

  group({ id, title, isForum = false, botIsAdministrator = false }: NewGroup): Chat {
    if (id >= 0) throw new AppError("bad-input", `A group's id is negative, and ${id} is not.`);
    const info = { id, type: "supergroup" as const, title, ...(isForum && { is_forum: true as const }) };
    return this.#world.chats.openGroup(info, botIsAdministrator);
  }

  chat(chatId: number): Chat {
    return this.#world.chats.get(chatId);
  }

  /** The commands this person finds behind "/". */
  commandsFor(person: Person, chatId = person.id) {
    return this.#world.commands.shownIn(this.chat(chatId).info, person.user.language_code);
  }

  /** The bytes of a file that hangs on a message. */
  file(fileId: string): Uint8Array | undefined {
    return this.#world.files.get(fileId)?.bytes;
  }

  /** Waits until `look` finds something. It looks at once and on every change; in vain, the failure shows the chats. */
  async until<T>(look: () => T, { timeoutMs = 5_000, signal }: Partial<WaitOptions> = {}): Promise<Truthy<T>> {
    const found = await this.#world.changes.waitFor(look, { timeoutMs, signal });
    if (found !== undefined) return found;
    throw new AppError("timeout", `Waited ${timeoutMs} ms in vain.\n${transcript(this.#world, this.calls)}`);
  }

  /** Calls `listener` after every change; returns how to stop it. */
  onChange(listener: () => void): () => void {
    return this.#world.changes.onChange(listener);
  }

  /** Counts changes: messages carry the revision of their last one. */
  get revision(): number {
    return this.#world.changes.revision;
  }

  inject(fault: Fault): void {
    this.#gate.faults.inject(fault);
  }

  clearFaults(): void {
    this.#gate.faults.clear();
  }

  /** From now on every call is answered with 401, the poll that waits too. */
  revokeToken(): void {
    this.#gate.isRevoked = true;
    this.#world.updates.refusePoll(new ApiError(401, "Unauthorized"));
  }

  /** Delivers an update a second time, under the same number. */
  deliverAgain(update: Update): void {
    this.#world.updates.deliverAgain(update);
  }

  /** Every tap that still waits becomes too old to be answered. */
  expireTaps(): void {
    this.#world.taps.expire();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
