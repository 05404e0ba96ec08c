/**
 * A phone in the browser: the chat of one person with the bot, live from the Bot API emulator.
 *
 *   await using phone = await startPhone({ botApi, person: ann, suggestions: ["Fix the rounding"] });
 *   console.log(`Open ${phone.url}`);
 *
 * It listens on this machine only. Everything lies behind a random token in the path, so that neither another page in
 * the browser nor another program can read the chat or type a task.
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BotApi } from "../bot-api/bot-api.ts";
import type { Person } from "../bot-api/person.ts";
import { loadAssets } from "./assets.ts";
import { answerRequest, type PhoneContext } from "./routes.ts";

export interface PhoneOptions {
  readonly botApi: BotApi;
  readonly person: Person;
  readonly title?: string;
  /** Tasks to start with, shown as chips above the input line. */
  readonly suggestions?: readonly string[];
  readonly port?: number;
}

export interface Phone {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startPhone(options: PhoneOptions): Promise<Phone> {
  const { botApi, person, title = botApi.bot.first_name, suggestions = [], port = 0 } = options;
  const context: PhoneContext = { botApi, person, title, suggestions, assets: await loadAssets() };
  const token = randomBytes(18).toString("base64url");
  const server = createServer((request, response) => {
    const hosts = loopbackHosts((server.address() as AddressInfo).port);
    void answerRequest(context, { token, hosts }, request, response);
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).listen(port, "127.0.0.1", listening.resolve);
  await listening.promise;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${token}/`,
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

function loopbackHosts(port: number): string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}
