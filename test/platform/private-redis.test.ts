import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openPrivateRedis } from "../../src/platform/private-redis.ts";
import { redisOptions } from "../../src/platform/redis.ts";

const log = pino({ enabled: false });
const patience = { timeout: 15_000, interval: 20 };
let directory: string;
let scope: AsyncDisposableStack;

beforeEach(async () => {
  scope = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "chargehand-redis-"));
  scope.defer(() => rm(folder, { recursive: true, force: true }));
  directory = folder;
});
afterEach(() => scope.disposeAsync());

describe("a private Redis", () => {
  test("OPS-01 listens on its socket alone and appends every write to disk", async () => {
    const { path } = await open();
    const client = connect(path);

    expect(await client.config("GET", "port")).toEqual(["port", "0"]);
    expect(await client.config("GET", "appendonly")).toEqual(["appendonly", "yes"]);
    expect(await client.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
  });

  test("keeps its data from one opening to the next", async () => {
    const first = await openPrivateRedis({ directory, log }, AbortSignal.timeout(30_000));
    await connect(first.path).set("task", "kept");
    await first[Symbol.asyncDispose]();

    const { path } = await open();

    expect(await connect(path).get("task")).toBe("kept");
  });

  test("is one server for all processes that open the directory at the same time", async () => {
    await Promise.all([openElsewhere(), openElsewhere(), openElsewhere(), open()]);
    const { path } = await open();

    const server = await processId(connect(path));

    expect(await serversOf(directory)).toEqual([server]);
  });

  test("is started again on the same data by those who remain when the process that started it is killed", async () => {
    const owner = await openElsewhere();
    const { path } = await open();
    const queue = scope.adopt(new Queue("work", { connection: redisOptions({ path }) }), (it) => it.close());
    const done: string[] = [];
    const finish = async (job: { name: string }) => void done.push(job.name);
    const worker = scope.adopt(new Worker("work", finish, { connection: redisOptions({ path }) }), (it) => it.close());
    worker.on("error", () => {});
    queue.on("error", () => {});
    await queue.add("before", {}, { delay: 500 });
    const before = await processId(connect(path));

    owner.kill("SIGKILL");

    await vi.waitFor(async () => expect(await serversOf(directory)).not.toContain(before), patience);
    await queue.add("after", {});
    await vi.waitFor(() => expect(done.toSorted()).toEqual(["after", "before"]), patience);
  });

  test("is started again when the server itself is killed", async () => {
    const { path } = await open();
    const client = connect(path);
    const before = await processId(client);

    process.kill(before, "SIGKILL");

    await vi.waitFor(async () => expect(await processId(client)).not.toBe(before), patience);
  });

  test("ends with the process that started it, however that ends", async () => {
    const owner = await openElsewhere();
    expect(await serversOf(directory)).toHaveLength(1);

    owner.kill("SIGKILL");

    await vi.waitFor(async () => expect(await serversOf(directory)).toEqual([]), patience);
  });

  test("works in a home that is too deep for the path of a socket", async () => {
    directory = join(directory, "deep/".repeat(30));

    const { path } = await open();

    expect(path.length).toBeLessThan(104);
    expect(await connect(path).ping()).toBe("PONG");
  });

  test("names the remedy where no server program is installed", async () => {
    const opening = openPrivateRedis({ directory, log, searchPath: "/nowhere" }, AbortSignal.timeout(30_000));

    await expect(opening).rejects.toMatchObject({
      code: "redis-unavailable",
      message: expect.stringMatching(/No redis-server or valkey-server was found\. Install one .*or set REDIS_URL/),
    });
  });

  test("says what the server said when its data cannot be read", async () => {
    await mkdir(join(directory, "appendonlydir"));
    await writeFile(join(directory, "appendonlydir/appendonly.aof.manifest"), "not a manifest\n");

    const opening = openPrivateRedis({ directory, log }, AbortSignal.timeout(30_000));

    await expect(opening).rejects.toThrow(/ended at once: .*manifest/i);
  });

  test("names the folder that it cannot have", async () => {
    directory = "/dev/null/redis";

    await expect(open()).rejects.toMatchObject({
      code: "redis-unavailable",
      message: "/dev/null/redis cannot be created. Make its folder writable for this user, or set CHARGEHAND_HOME.",
    });
  });

  test("stops waiting for its server when it is told to", async () => {
    const opening = openPrivateRedis({ directory, log }, AbortSignal.abort(new Error("not today")));

    await expect(opening).rejects.toThrow("not today");
  });
});

async function open() {
  return scope.use(await openPrivateRedis({ directory, log }, AbortSignal.timeout(30_000)));
}

async function openElsewhere(): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "../support/redis-owner.ts");
  const child = spawn(process.execPath, [script, directory], { stdio: ["ignore", "pipe", "inherit"] });
  scope.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  await once(child.stdout, "data");
  return child;
}

function connect(path: string): Redis {
  const client = scope.adopt(new Redis({ path }), (it) => it.disconnect());
  client.on("error", () => {});
  return client;
}

async function processId(client: Redis): Promise<number> {
  return Number(/process_id:(\d+)/.exec(await client.info("server"))?.[1]);
}

/** Process ids of the servers whose data lies in this directory, as the kernel sees them. */
async function serversOf(folder: string): Promise<number[]> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const servers = await Promise.all(
    processes.map(async (id) => {
      const cwd = await readlink(`/proc/${id}/cwd`).catch(() => "");
      const name = await readFile(`/proc/${id}/comm`, "utf8").catch(() => "");
      return cwd === folder && /redis|valkey/.test(name) ? [Number(id)] : [];
    }),
  );
  return servers.flat();
}
