import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Queues } from "../../src/platform/queues.ts";
import { addressOf, connectFailFastRedis, connectRedis, resolveRedis } from "../../src/platform/redis.ts";
import { findRedisServer } from "../../src/platform/redis-program.ts";
import { startRedisServer } from "../../src/platform/redis-server.ts";

const patience = { timeout: 15_000, interval: 20 };
let directory: string;
let scope: AsyncDisposableStack;
let lines: string[];
const log = pino(
  new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)).msg);
      done();
    },
  }),
);
const signal = () => AbortSignal.timeout(30_000);

beforeEach(async () => {
  lines = [];
  scope = new AsyncDisposableStack();
  directory = await mkdtemp(join(tmpdir(), "chargehand-redis-"));
  scope.defer(() => rm(directory, { recursive: true, force: true }));
});
afterEach(() => scope.disposeAsync());

test("a Redis that is away at the start is one sentence with its address, and never its password", async () => {
  const connecting = connectRedis({ url: "redis://chargehand:hunter2@127.0.0.1:1/0" }, log, signal());

  const error = await connecting.catch((it) => it);

  expect(error).toMatchObject({ code: "redis-unavailable", message: expect.stringContaining("127.0.0.1:1") });
  expect(error.message).not.toContain("hunter2");
});

test("a person gets an answer at once while Redis is away, and service again when it is back", async () => {
  const target = await startServer();
  const redis = scope.adopt(await connectFailFastRedis(target, log, signal()), (it) => it.disconnect());

  await stopServer();

  await vi.waitFor(() => expect(lines).toContain("Redis is gone; reconnecting"), patience);
  await expect(redis.ping()).rejects.toThrow();
  await startServer();
  await vi.waitFor(async () => expect(await redis.ping()).toBe("PONG"), patience);
});

test("the daemon's commands wait while Redis is away, and the log says so once", async () => {
  const target = await startServer();
  const redis = scope.adopt(await connectRedis(target, log, signal()), (it) => it.disconnect());
  await stopServer();
  const attempts: number[] = [];
  redis.on("reconnecting", (delayMs: number) => attempts.push(delayMs));

  const answer = redis.ping();
  await vi.waitFor(() => expect(attempts.length).toBeGreaterThan(3), patience);
  await startServer();

  expect(await answer).toBe("PONG");
  expect(lines).toEqual(["Redis is gone; reconnecting", "Redis is back"]);
});

test("a queue says nothing past the log while Redis is away", async () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  scope.defer(() => printed.mockRestore());
  const target = await startServer();
  const redis = scope.adopt(await connectRedis(target, log, signal()), (it) => it.disconnect());
  const queue = scope.use(new Queues(redis)).of("intake-shop");
  await queue.waitUntilReady();
  await stopServer();
  const attempts: number[] = [];
  redis.on("reconnecting", (delayMs: number) => attempts.push(delayMs));

  await vi.waitFor(() => expect(attempts.length).toBeGreaterThan(3), patience);
  await startServer();
  await queue.add("submission", {});

  expect(printed.mock.calls).toEqual([]);
  expect(lines).toEqual(["Redis is gone; reconnecting", "Redis is back"]);
});

test("waiting for a Redis ends when it is told to", async () => {
  const connecting = connectRedis({ url: "redis://127.0.0.1:1" }, log, AbortSignal.abort(new Error("not today")));

  await expect(connecting).rejects.toThrow("not today");
});

test("REDIS_URL decides, and without it there is a private one under CHARGEHAND_HOME", async () => {
  const named = await resolveRedis({ REDIS_URL: "redis://cache:6379", CHARGEHAND_HOME: directory }, log, signal());
  const own = scope.use(await resolveRedis({ CHARGEHAND_HOME: directory }, log, signal()));

  expect(named.target).toEqual({ url: "redis://cache:6379" });
  expect(addressOf(own.target)).toBe(join(directory, "redis/redis.sock"));
  const redis = scope.adopt(await connectRedis(own.target, log, signal()), (it) => it.disconnect());
  expect(await redis.ping()).toBe("PONG");
});

let server: ReturnType<typeof startRedisServer> | undefined;

async function startServer(): Promise<{ path: string }> {
  const path = join(directory, "redis.sock");
  server = startRedisServer(findRedisServer(), { directory, socket: path });
  scope.defer(stopServer);
  await vi.waitFor(async () => (await connectRedis({ path }, log, signal())).disconnect(), patience);
  return { path };
}

async function stopServer(): Promise<void> {
  await server?.stop();
  server = undefined;
}
