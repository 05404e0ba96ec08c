import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { understand } from "../../src/bot/outbox/failure.ts";
import { connectTelegram } from "../../src/bot/telegram-connection.ts";
import { checkTelegram } from "../../src/cli/doctor/telegram.ts";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { readEnvironment } from "../../src/platform/environment.ts";
import { never } from "../support/project.ts";
import { until } from "../support/until.ts";

const token = "1:token";
let scope: AsyncDisposableStack;

beforeEach(() => {
  scope = new AsyncDisposableStack();
});
afterEach(() => scope.disposeAsync());

test("TG-57 a connection that is never answered is given up in time, and nothing can have gone through it", async () => {
  const apiRoot = await startDeaf();
  const api = connectTelegram({ token, apiRoot, connectTimeoutMs: 200 });

  const error = await api.getMe().catch((failure: unknown) => failure);

  expect(error).toMatchObject({ error: { code: "CONNECT_TIMEOUT" } });
  expect(understand(error)).toEqual({ type: "unreached" });
});

test("TG-57 an answer may take longer than the connection did", async () => {
  const botApi = scope.use(await startBotApi());
  const api = connectTelegram({ token: botApi.token, apiRoot: botApi.apiRoot, connectTimeoutMs: 500 });

  await api.getMe();

  expect(await api.getUpdates({ timeout: 1 })).toEqual([]);
});

test.each([
  [true, 4],
  [false, 0],
])("TG-57 with TELEGRAM_IPV4_ONLY %s its name is looked up for IP version %i", async (ipv4Only, family) => {
  const botApi = scope.use(await startBotApi());
  const apiRoot = botApi.apiRoot.replace("127.0.0.1", "localhost");
  const entries: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()));
  observer.observe({ entryTypes: ["dns"] });
  scope.defer(() => observer.disconnect());

  await connectTelegram({ token: botApi.token, apiRoot, ipv4Only }).getMe();

  const [lookup] = await until(() => (entries.length > 0 ? entries : undefined));
  expect(lookup).toMatchObject({ name: "lookup", detail: { hostname: "localhost", family } });
});

test.each([
  [
    "never answers",
    startDeaf,
    /no connection was made in time/,
    /port 443\. Where IPv6 leads nowhere, set TELEGRAM_IPV4_ONLY=1/,
  ],
  ["hangs up", startHangingUp, /could not be reached/, /Check the network/],
  [
    "has no known name",
    async (): Promise<string> => "https://telegram.invalid",
    /its name is not known/,
    /Check the name server/,
  ],
] as const)(
  "TG-57 the doctor says why Telegram cannot be reached that %s, and no token",
  async (_, start, why, remedy) => {
    const environment = readEnvironment({
      HOME: "/home/ann",
      TELEGRAM_BOT_TOKEN: token,
      TELEGRAM_API_ROOT: await start(),
    });

    const row = await checkTelegram(environment, never, 200);

    expect(row).toMatchObject({
      name: "Telegram",
      state: "failed",
      detail: expect.stringMatching(why),
      remedy: expect.stringMatching(remedy),
    });
    expect(JSON.stringify(row)).not.toContain(token);
  },
);

/** The kernel takes the connection, and then nobody says a word: the handshake of TLS never ends. */
function startDeaf(): Promise<string> {
  return listen(() => {});
}

function startHangingUp(): Promise<string> {
  return listen((socket) => socket.destroy());
}

async function listen(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    answer(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  scope.defer(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
