import { AppError } from "../../core/error.ts";
import { ApiError } from "./api-error.ts";
import type { Call } from "./call-log.ts";
import type { Truthy, WaitOptions } from "./changes.ts";
import type { Chat } from "./chat.ts";
import type { BotCommand } from "./commands.ts";
import type { Fault } from "./faults.ts";
import type { Gate } from "./http-answer.ts";
import { Person } from "./person.ts";
import { until } from "./until.ts";
import type { BotUser, Update } from "./wire.ts";
import type { World } from "./world.ts";

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

/** The running emulator, seen by whoever tests a bot against it or shows it on a page. */
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

  person({ id, firstName, username, languageCode, hasStarted = true }: NewPerson): Person {
    if (id <= 0) throw new AppError("bad-input", `A person's id is positive, and ${id} is not.`);
    const user = {
      id,
      is_bot: false,
      first_name: firstName,
      ...(username && { username }),
      ...(languageCode && { language_code: languageCode }),
    };
    this.#world.chats.openPrivate(user, hasStarted);
    return new Person(user, this.#world);
  }

  group({ id, title, isForum = false, botIsAdministrator = false }: NewGroup): Chat {
    if (id >= 0) throw new AppError("bad-input", `A group's id is negative, and ${id} is not.`);
    const info = { id, type: "supergroup" as const, title, ...(isForum && { is_forum: true as const }) };
    return this.#world.chats.openGroup(info, botIsAdministrator);
  }

  chat(chatId: number): Chat {
    return this.#world.chats.get(chatId);
  }

  /** Every call of the bot, in the order they came. */
  get calls(): readonly Call[] {
    return this.#world.log.calls;
  }

  callsOf(method: string): readonly Call[] {
    return this.calls.filter((call) => call.method === method);
  }

  /** Every update there ever was, fetched or not. */
  get updates(): readonly Update[] {
    return this.#world.updates.all;
  }

  /** The updates the bot has not confirmed yet. */
  get pendingUpdates(): readonly Update[] {
    return this.#world.updates.pending;
  }

  /** Whether a bot waits for updates at this moment. */
  get isPolled(): boolean {
    return this.#world.updates.isPolled;
  }

  /** The commands this person finds behind "/". */
  commandsFor(person: Person, chatId = person.id): readonly BotCommand[] {
    return this.#world.commands.shownIn(this.chat(chatId).info, person.user.language_code);
  }

  /** The bytes of a file that hangs on a message. */
  file(fileId: string): Uint8Array | undefined {
    return this.#world.files.get(fileId)?.bytes;
  }

  /** Waits until `look` finds something; in vain, the failure shows the chats and the last calls. */
  until<T>(look: () => T, options?: Partial<WaitOptions>): Promise<Truthy<T>> {
    return until(this.#world, look, options);
  }

  /** Calls `listener` after every change; returns how to stop it. */
  onChange(listener: () => void): () => void {
    return this.#world.changes.onChange(listener);
  }

  /** Counts changes: every message carries the revision of its last one. */
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
    this.#world.updates.endPoll(new ApiError(401, "Unauthorized"));
  }

  /** Delivers an update once more under its old number, as after a confirmation that got lost. */
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
